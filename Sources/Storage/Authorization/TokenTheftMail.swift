import OAuth
import Portal

extension Throttle {
    /// What is told of one app in one tenant. Whoever holds an old token can present it as often as they like.
    static let theftMail = Throttle(name: "theft-mail", limit: 1, window: 3600)
}

extension Store {
    /// Writes to the app's owner and the tenant's admins, in the transaction that ended the family.
    func tell(
        of family: ID<Entity.TokenFamily>, in tenant: Tenant, because sign: TokenTheft.Sign,
        letters: (TokenTheft) -> [Letter], in db: any Connection, at now: Instant
    ) throws {
        let row = try db.row(
            "SELECT app_id FROM token_families WHERE tenant_id = \(tenant.id) AND id = \(family)")
        guard let id: ID<Entity.Client> = try row?.id("app_id"), let app = try app(id, in: db),
            try count(.theftMail, id.text + " " + tenant.id.text, in: db, at: now) == nil
        else { return }
        let admins = try admins(of: tenant.id, in: db).filter { $0.id != app.owner.id }
        for letter in letters(TokenTheft(sign: sign, app: app, tenant: tenant, admins: admins)) {
            try enqueue(letter, in: db, at: now)
        }
    }
}
