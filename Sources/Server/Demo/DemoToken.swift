import OAuth
import Portal
import Storage
import Web

extension Installation {
    /// A developer token of somebody in the cast, for 90 days, made as its page makes one.
    func demoToken(
        of person: Person, in tenant: Tenant, for description: String
    ) async throws -> Secret<OAuth.DeveloperToken> {
        let now = Installation.now()
        guard let member = try store.membership(of: person.id, in: tenant.id),
            let scopes = ScopeSet(parsing: "account:read people:read")
        else { throw CommandError("The demo's \(person.name) is no member of \(tenant.name).") }
        let draft = DeveloperTokenDraft(
            member: member, description: description, scopes: scopes, expiresAt: now + 90 * 86_400)
        let token = Secret<OAuth.DeveloperToken>.random()
        let letter = Letter.tokenCreated(
            to: person.email, name: person.name, description: draft.description, tenant: tenant.name,
            scopes: try store.scopeCatalogue().filter { scopes.contains($0.scope) }
                .map { (title: $0.title, name: $0.scope.text) }, expires: "in 90 days",
            list: settings.site.base.text + "/tokens")
        _ = try await store.makeBeyondQuota(draft, token: token, letter: letter, at: now)
        return token
    }
}
