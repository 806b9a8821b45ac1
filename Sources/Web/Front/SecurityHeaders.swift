import HTTPTypes
import Hummingbird

/// Headers that every answer carries, errors and redirects too.
enum SecurityHeaders {
    static func add(to response: inout Response, site: Site) {
        for (name, value) in always where response.headers[name] == nil { response.headers[name] = value }
        if site.settings.base.isSecure { response.headers[.strictTransportSecurity] = strictTransport }
        // Whatever a person or a token made of it, no cache may hand it to somebody else.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }

    /// Those that `add` gives to an answer that has none of its own.
    static func alone(site: Site) -> HTTPFields { site.settings.base.isSecure ? ofSecure : ofPlain }

    private static let ofPlain = HTTPFields(
        always.map { HTTPField(name: $0, value: $1) } + [HTTPField(name: .cacheControl, value: "no-store")])
    private static let ofSecure = HTTPFields(
        Array(ofPlain) + [HTTPField(name: .strictTransportSecurity, value: strictTransport)])

    private static let strictTransport = "max-age=31536000; includeSubDomains"

    static let contentSecurityPolicy = policyOfFormsThatLeadAway + "; form-action 'self'"

    static let policyOfFormsThatLeadAway =
        "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; script-src 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

    private static let always: [(HTTPField.Name, String)] = [
        (.contentSecurityPolicy, contentSecurityPolicy),
        (.xContentTypeOptions, "nosniff"),
        (.known("X-Frame-Options"), "DENY"),
        // Not no-referrer: it would turn the Origin of our own forms into null.
        (.referrerPolicy, "same-origin"),
        (.known("Cross-Origin-Opener-Policy"), "same-origin"),
        (.known("Cross-Origin-Resource-Policy"), "same-origin"),
        (.known("Permissions-Policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]
}
