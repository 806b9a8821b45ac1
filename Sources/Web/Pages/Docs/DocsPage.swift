/// `/docs`: what there is to read.
package struct DocsPage: Page {
    package static let template = "docs/index"
    package static let place = Place.docs
    package var title: String { "Docs" }
    package static let sample = DocsPage()
}

/// `/docs/authentication`: which way in fits.
package struct AuthenticationPage: Page {
    struct Way: Sendable {
        /// For ids: letters and hyphens.
        var key: String
        var name: String
        /// "Choose it when …".
        var choose: String
        /// As whom its calls are made.
        var actsAs: String
        /// How long its tokens live.
        var lasts: String
        var caution: String?
        var path: String?
        var pathText: String?
    }

    var ways: [Way]

    package static let template = "docs/authentication"
    package static let place = Place.docs
    package var title: String { "Which authentication do I need?" }
    package static let sample = all
}

/// `/docs/api`: the addresses of our own API, with examples.
package struct APIPage: Page {
    struct Call: Sendable {
        /// "GET".
        var method: String
        /// "/t/acme/api/v1/people".
        var address: String
        var scope: String
        var sentence: String
    }

    /// `https://portal.example/t/acme`
    var issuer: String
    var calls: [Call]
    /// Field by field: what a person of the list has.
    var fields: [Fact]
    var listExample: String
    var createExample: String
    var changeExample: String
    var endpoints: [Fact]

    package static let template = "docs/api"
    package static let place = Place.docs
    package var title: String { "API" }
    package static let sample = APIPage(at: "acme", .sample)
}
