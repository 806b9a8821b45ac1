import OAuth
import Portal

extension TokenForm {
    /// As it was sent.
    init(_ form: Form) throws {
        self.init()
        tenant = try form.text("tenant")
        description = try form.text("description")
        scopes = form.all("scopes")
        expires = try form.text("expires")
        expiresOn = try form.text("expires_on")
        let old = try form.text("replaces")
        replaces = old.isEmpty ? nil : ID(old)
    }

    /// As a link fills it in: `?tenant=&description=&scopes=a+b&expires=`. What makes no sense is left out.
    init(prefill query: Form, like old: DeveloperTokenSummary?) {
        self.init()
        if let old {
            replaces = old.id
            tenant = old.tenant.slug.text
            description = old.description
            scopes = old.scopes.sorted.map(\.text)
            expires = old.expiresAt == nil ? "never" : Self.closestChoice(to: old)
        }
        if let asked = query.all("tenant").first { tenant = asked }
        if let asked = query.all("description").first { description = TypedText.line(asked, atMost: 100) ?? "" }
        let asked = query.all("scopes").flatMap { ScopeSet(parsing: $0)?.sorted ?? [] }
        if !asked.isEmpty { scopes = asked.map(\.text) }
        if let asked = query.all("expires").first, Self.isChoice(asked) { expires = asked }
    }

    /// The member whose tenant is chosen; the first one when none or an unknown one is.
    func member(among memberships: [Member]) -> Member? {
        memberships.first { $0.tenant.slug.text.utf8.elementsEqual(tenant.utf8) } ?? memberships.first
    }

    /// Scopes that were ticked but are not this member's to give: said, not silently dropped.
    func overreach(of member: Member, catalogue: [ScopeDescription]) -> Problem? {
        let allowed = ScopeDescription.available(to: member.role, from: catalogue)
        let refused = catalogue.filter { entry in
            scopes.names(entry.scope) && !allowed.contains { $0.scope == entry.scope }
        }
        guard let first = refused.first else { return nil }
        return Problem("scopes", "Only an admin of \(member.tenant.name) can give “\(first.title)”.")
    }

    private static func closestChoice(to old: DeveloperTokenSummary) -> String {
        let days = ((old.expiresAt ?? old.createdAt) - old.createdAt) / 86_400
        return String(dayChoices.first { $0 >= days } ?? 365)
    }

    private static func isChoice(_ text: String) -> Bool {
        text.utf8.elementsEqual("never".utf8) || dayChoices.contains { String($0).utf8.elementsEqual(text.utf8) }
    }
}

extension NewTokenPage {
    /// - Parameter memberships: where the person may make tokens; at least one.
    init(_ form: TokenForm, memberships: [Member], catalogue: [ScopeDescription], at now: Instant) {
        let chosen = form.member(among: memberships)
        let days = TokenForm.dayChoices.map { (String($0), Moment.fullDay(now + ($0 * 86_400 - 1)).text) }
        self.init(
            tenants: memberships.map { member in
                Choice(
                    value: member.tenant.slug.text, label: member.tenant.name,
                    isChosen: member.tenant.id == chosen?.tenant.id)
            },
            description: form.description,
            groups: Self.groups(ticked: form.scopes, chosen: chosen, memberships: memberships, catalogue: catalogue),
            expiries: Self.expiries(
                chosen: form.expires, dates: Dictionary(days) { first, _ in first }),
            expiresOn: form.expiresOn, earliestDay: CivilDate(now).isoDay,
            latestDay: CivilDate(now + 3659 * 86_400).isoDay)
    }

    /// A scope is refused when it works nowhere the person could choose. With several workspaces the page cannot
    /// know which one will be chosen, so it says the condition instead.
    private static func groups(
        ticked: [String], chosen: Member?, memberships: [Member], catalogue: [ScopeDescription]
    ) -> [ScopeGroup] {
        let role = memberships.contains { $0.role == .admin } ? Role.admin : .member
        let somewhere = ScopeDescription.available(to: role, from: catalogue)
        let here = ScopeDescription.available(to: chosen?.role ?? .member, from: catalogue)
        return ScopeGroup.groups(of: catalogue) { entry, line in
            guard somewhere.contains(where: { $0.scope == entry.scope }) else {
                line.refusal = "Only an admin of \(chosen?.tenant.name ?? "the workspace") can give this."
                return
            }
            line.isChecked = ticked.names(entry.scope)
            if !here.contains(where: { $0.scope == entry.scope }) {
                line.sentence += " Only where you are an admin: not at \(chosen?.tenant.name ?? "this workspace")."
            }
        }
    }
}
