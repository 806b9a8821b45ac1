import HTTPTypes
import Hummingbird

/// Headers that every answer carries, errors and redirects too.
enum SecurityHeaders {
    static func add(to response: inout Response, site: Site) {
        for (name, value) in always where response.headers[name] == nil { response.headers[name] = value }
        if site.settings.base.isSecure {
            response.headers[.strictTransportSecurity] = "max-age=31536000; includeSubDomains"
        }
        // Whatever a person or a token made of it, no cache may hand it to somebody else.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }

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
