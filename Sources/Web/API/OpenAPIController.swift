import Foundation
import Hummingbird
import OAuth
import Portal
import Storage

/// `/openapi.json`: everything that machines call, as OpenAPI 3.1. `Resources/openapi.json` with this installation's
/// address and its scopes put in; a test holds it and the routes equal.
struct OpenAPIController {
    let site: Site
    /// Nil when the file is missing: then there is nothing at the address.
    private let text: String?

    init(site: Site) {
        self.site = site
        let path = site.settings.resourcesFolder + "/openapi.json"
        text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let text else { throw Failure.notFound }
        let scopes = try site.store.scopeCatalogue().map { scope in
            Self.quote(scope.scope.text) + ": " + Self.quote(scope.title + ". " + scope.sentence)
        }
        // A base URL has no character that JSON would have to escape.
        let filled = text.replacing("@base@", with: site.settings.base.text)
            .replacing(#""@scopes@": """#, with: scopes.joined(separator: ", "))
        return .published(Array(filled.utf8))
    }

    private static func quote(_ text: String) -> String { String(decoding: JSONText.string(text).bytes, as: UTF8.self) }
}

extension SiteSettings {
    /// `Resources/` stands beside `Public/`.
    var resourcesFolder: String {
        String(decoding: publicFolder.utf8.reversed().drop { $0 != UInt8(ascii: "/") }.reversed(), as: UTF8.self)
            + "Resources"
    }
}
