/// `/docs/errors`: every error code, and what to do about it.
package struct ErrorsPage: Page {
    struct Entry: Sendable {
        /// "invalid_grant". Its line is `#invalid_grant`, or `#api-invalid_token` among those of the API.
        var code: String
        /// "token endpoint", or "401 Unauthorized".
        var place: String
        var advice: String
    }

    var protocolErrors: [Entry]
    var apiErrors: [Entry]

    package static let template = "docs/errors"
    package static let place = Place.docs
    package var title: String { "Errors" }
    package static let sample = reference
}
