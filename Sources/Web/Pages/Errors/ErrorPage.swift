/// Every refusal that is not the authorization endpoint's.
package struct ErrorPage: Page {
    /// "404"
    var status: String
    var headline: String
    /// Whole sentences: what happened, what to do.
    var sentence: String
    /// "in 2 minutes"; empty when waiting does not help.
    var retryText = ""
    /// For support; may be empty.
    var requestID = ""
    var nextPath = "/"
    var nextText = "Go to the start page"
    /// Of whoever is signed in, where another account may see more; empty otherwise.
    var personEmail = ""
    var switchPath = "/logout"

    package static let template = "error"
    package var title: String { headline }

    /// The words for a status.
    ///
    /// - Parameters:
    ///   - status: 400…599; those without words of their own get those of 400 or 500.
    ///   - retryText: "in 2 minutes", for 429 and 503.
    static func of(_ status: Int, requestID: String, retryText: String = "") -> ErrorPage {
        let (headline, sentence) = words(for: status)
        return ErrorPage(
            status: String(status), headline: headline, sentence: sentence, retryText: retryText, requestID: requestID)
    }

    private static func words(for status: Int) -> (String, String) {
        switch status {
        case 401: ("Sign in first", "This page is for people who are signed in.")
        case 403:
            ("You cannot do this here", "Your account does not have the role this needs. Nothing was changed.")
        case 404:
            (
                "There is no page at this address",
                "It may have moved, or the address may be mistyped. Addresses here do not end in a slash."
            )
        case 405: ("This address does not work that way", "It exists, but not for this kind of request.")
        case 410: ("This is gone", "The link was used before, or its time has passed.")
        case 413: ("That was too large", "The form held more than this page accepts. Nothing was changed.")
        case 414: ("This address is too long", "Go back and try again, or start anew.")
        case 422: ("Something in the form is missing", "Go back, check what you filled in, and send it again.")
        case 429: ("Too many attempts", "This was tried too often in a short time.")
        case 503: ("Gatewright is busy", "It cannot answer just now. Nothing was changed.")
        case 500...: ("Something went wrong on our side", "Sorry. Nothing you did caused this. Try again later.")
        default: ("This request could not be understood", "Go back and try again. Nothing was changed.")
        }
    }

    /// A form whose csrf token did not fit: 403, but it is nobody's fault.
    static func expiredForm(requestID: String, nextPath: String) -> ErrorPage {
        ErrorPage(
            status: "403", headline: "This form has expired",
            sentence: "It was open for too long, or you signed in or out meanwhile. Nothing was changed.",
            requestID: requestID, nextPath: nextPath, nextText: "Open the form again")
    }

    /// Cookies that grew too large come with every request, so nothing else on this server can be reached before they go.
    static let cookiesTooLarge = ErrorPage(
        status: "431", headline: "Your browser sent too many cookies",
        sentence: "They are larger than this server reads, so no page can be shown. Clearing them signs you out here.",
        nextPath: CookieClearing.path, nextText: "Clear this site’s cookies")
    static let cookiesCleared = ErrorPage(
        status: "431", headline: "The cookies of this site are cleared",
        sentence:
            "If this page comes again, delete the cookies and site data of this address in your browser’s settings.",
        nextPath: "/login", nextText: "Sign in")

    package static let sample = of(404, requestID: "req_4fQ8sT2v")
    package static var samples: [PageSample<Self>] {
        var strange = sample
        strange.personEmail = "lin@northwind.example"
        return [PageSample(sample), PageSample(strange, state: "another-account")]
            + [400, 401, 403, 405, 410, 413, 414, 422, 429, 500, 503].map {
                PageSample(
                    of($0, requestID: "req_4fQ8sT2v", retryText: $0 == 429 ? "in 2 minutes" : ""), state: "\($0)")
            }
            + [
                PageSample(cookiesTooLarge, state: "too-many-cookies"),
                PageSample(cookiesCleared, state: "cookies-cleared"),
            ]
            + [PageSample(expiredForm(requestID: "req_4fQ8sT2v", nextPath: "/tokens/new"), state: "expired-form")]
    }
}
