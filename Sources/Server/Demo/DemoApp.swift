import OAuth
import Portal
import Storage

extension Store {
    /// An app of the demo, which an operator has looked at.
    func registerReviewed(
        _ form: AppForm, of owner: Person, by olga: Person, base: String
    ) async throws -> (App, Secret<ClientSecretKind>) {
        guard case .valid(let details) = form.check(catalogue: try scopeCatalogue()) else {
            throw CommandError("The demo's app \(form.name) cannot be registered.")
        }
        let secret = Secret<ClientSecretKind>.random()
        let app = try await registerBeyondQuota(details, owner: owner, secret: secret, at: Installation.now())
        _ = try await review(
            app.id, asOf: app.updatedAt, note: "Part of the demo.", by: olga,
            letter: .appReviewed(to: app.owner, app: details.name, page: base + "/apps/\(app.id.text)"),
            at: Installation.now())
        return (app, secret)
    }
}
