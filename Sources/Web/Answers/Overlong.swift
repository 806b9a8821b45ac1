import HTTPTypes
import Hummingbird
import OAuth

/// What is larger than the server reads; it never becomes a request.
package enum Overlong: Sendable {
    case target, headers
}

/// An answer that is made before there is a request.
package struct EarlyAnswer: Sendable {
    package let status: Int
    package let headers: [(String, String)]
    package let body: [UInt8]
}

/// `/cookies/clear`: the way out for a browser whose cookies are too large for any page.
enum CookieClearing {
    static let path = "/cookies/clear"
}

extension Site {
    /// JSON for machines, a page for people that says how to go on.
    ///
    /// - Parameter target: of the request line, as far as it was read.
    package func answer(toOverlong what: Overlong, at target: String) -> EarlyAnswer {
        let failure: Failure = what == .target ? .addressTooLong : .headersTooLarge
        let isClearing = target.utf8.elementsEqual(CookieClearing.path.utf8) && what == .headers
        var json = JSONWriter()
        APIError(code: failure.code, message: failure.sentence).write(to: &json)
        var body = json.bytes
        var response = Response(status: failure.status, headers: [.contentType: "application/json"])
        if Surface(path: target) == .page, let page = page(about: what, isClearing: isClearing) {
            response.headers[.contentType] = "text/html; charset=utf-8"
            body = Array(page.utf8)
        }
        // Only here, where nothing of the browser's request could be read: elsewhere a link would sign people out.
        if isClearing { response.headers[.known("Clear-Site-Data")] = "\"cookies\"" }
        SecurityHeaders.add(to: &response, site: self)
        return EarlyAnswer(
            status: failure.status.code, headers: response.headers.map { ($0.name.rawName, $0.value) }, body: body)
    }

    private func page(about what: Overlong, isClearing: Bool) -> String? {
        var layout = Layout()
        layout.isDemo = settings.isDemo
        layout.assetVersion = settings.assetVersion
        let page: ErrorPage =
            switch what {
            case .target: .of(414, requestID: "")
            case .headers: isClearing ? .cookiesCleared : .cookiesTooLarge
            }
        return try? renderer.render(page, in: layout)
    }
}
