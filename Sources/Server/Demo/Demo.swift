import Foundation
import OAuth
import Portal
import Storage
import Web

/// What `demo.json` holds: the cast and their keys, for newcomers and for scripts. Written in demo mode only.
struct Demo: Codable {
    struct TenantEntry: Codable {
        let slug: String
        let name: String
        let address: String
        let subdomain_address: String
    }

    struct PersonEntry: Codable {
        let name: String
        let email: String
        let password: String
        let tenant: String?
        let role: String
    }

    struct AppEntry: Codable {
        let name: String
        let client_id: String
        let client_secret: String
        let callback: String
        let token_format: String
        let pkce: String
    }

    struct BrokerEntry: Codable {
        let environment: String
        let secret_key: String
        let public_key: String
        let hmac_key: String
        let integration: String
        let connection_id: String
        let connection_integration: String
        let curl: String
    }

    let base_url: String
    let tenants: [TenantEntry]
    let people: [PersonEntry]
    let app: AppEntry
    let developer_token: String
    let authorize_url: String
    let code_verifier: String
    let curl: String
    /// Acme's `dev` environment of the connection broker; nil in a demo of an older version.
    let broker: BrokerEntry?

    /// What pages may show of it.
    var offer: DemoOffer {
        let names = Dictionary(tenants.map { ($0.slug, $0.name) }) { first, _ in first }
        return DemoOffer(
            accounts: people.map { person in
                let place = person.tenant.map { " of \(names[$0] ?? $0)" } ?? ""
                return DemoOffer.Account(
                    name: person.name, email: person.email, password: person.password, role: person.role + place)
            },
            clientID: app.client_id, clientSecret: app.client_secret, codeVerifier: code_verifier,
            authorizePath: String(authorize_url.dropFirst(base_url.count)))
    }

    /// The demo of this data folder: read when it was made before at the same address, else seeded.
    static func prepare(_ installation: Installation) async throws -> Demo {
        let path = installation.settings.dataFolder + "/demo.json"
        if let data = FileManager.default.contents(atPath: path),
            let demo = try? JSONDecoder().decode(Demo.self, from: data)
        {
            guard demo.base_url == installation.settings.site.base.text else {
                throw CommandError(
                    "\(path) belongs to a demo at \(demo.base_url). Use that address, or `make reset` to begin anew.")
            }
            return demo
        }
        guard try installation.store.isEmpty() else {
            throw CommandError(
                "\(installation.settings.dataFolder) already holds people who are not the demo's. "
                    + "Choose another folder with GATEWRIGHT_DATA.")
        }
        let demo = try await DemoCast(installation: installation).seed()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes]
        let data = try encoder.encode(demo) + Data("\n".utf8)
        guard
            FileManager.default.createFile(atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
        else { throw CommandError("\(path) cannot be written.") }
        return demo
    }
}
