import OAuth
import Portal
import Storage

/// All that is kept about a person, for them to keep. Of secrets, what lists show: prefix and last four.
struct PersonExport: JSONWritable {
    private let person: Person
    private let exportedAt: Instant
    private let memberships: [Member]
    private let tokens: [DeveloperTokenSummary]
    private let apps: [App]
    private let grants: [GrantSummary]
    private let sessions: [Session]
    private let activity: [AuditEntry]

    init(of person: Person, from store: Store, at now: Instant) throws {
        self.person = person
        exportedAt = now
        memberships = try store.memberships(of: person.id)
        tokens = try store.developerTokens(of: person.id)
        apps = try store.apps(of: person.id)
        grants = try store.grants(of: person.id)
        sessions = try store.sessions(of: person.id, at: now)
        var activity: [AuditEntry] = []
        var next: Int64?
        // Bounded: the log of somebody busy is long, and this is held in memory.
        repeat {
            let page = try store.activity(of: person.id, before: next, limit: 500)
            activity += page.entries
            next = page.next
        } while next != nil && activity.count < 10_000
        self.activity = activity
    }

    func write(to json: inout JSONWriter) {
        json.object {
            $0.field("exported_at", Self.time(exportedAt))
            $0.key("person")
            $0.object {
                $0.field("id", person.id.text)
                $0.field("name", person.name)
                $0.field("email", person.email)
                $0.field("created_at", Self.time(person.createdAt))
                $0.field("email_confirmed_at", Self.time(person.verifiedAt))
                $0.field("two_step_sign_in", person.hasSecondFactor ? "on" : "off")
            }
            Self.list("tenants", memberships, in: &$0) { member, json in
                json.field("name", member.tenant.name)
                json.field("slug", member.tenant.slug.text)
                json.field("role", member.role.rawValue)
                json.field("since", Self.time(member.since))
            }
            Self.list("developer_tokens", tokens, in: &$0) { token, json in
                json.field("description", token.description)
                json.field("hint", token.hint)
                json.field("tenant", token.tenant.slug.text)
                json.field("scopes", token.scopes.text)
                json.field("created_at", Self.time(token.createdAt))
                json.field("expires_at", Self.time(token.expiresAt))
                json.field("last_used_at", Self.time(token.lastUsedAt))
                json.field("last_used_address", token.lastUsedAddress)
                json.field("revoked_at", Self.time(token.revokedAt))
            }
            Self.list("apps", apps, in: &$0) { app, json in
                json.field("name", app.details.name)
                json.field("client_id", app.clientID)
                json.field("description", app.details.description)
                json.field("homepage", app.details.homepage)
                json.key("callbacks")
                json.array { json in for uri in app.details.callbacks { json.string(uri) } }
                json.field("scopes", app.details.scopes.text)
                json.field("created_at", Self.time(app.createdAt))
            }
            Self.list("allowed_apps", grants, in: &$0) { grant, json in
                json.field("app", grant.app.details.name)
                json.field("tenant", grant.tenant.slug.text)
                json.field("scopes", grant.scopes.text)
                json.field("allowed_at", Self.time(grant.createdAt))
                json.field("last_used_at", Self.time(grant.lastUsedAt))
            }
            Self.list("sessions", sessions, in: &$0) { session, json in
                json.field("device", Device(userAgent: session.userAgent).text)
                json.field("user_agent", session.userAgent)
                json.field("address", session.address)
                json.field("started_at", Self.time(session.createdAt))
                json.field("last_seen_at", Self.time(session.lastSeenAt))
            }
            Self.list("activity", activity, in: &$0) { entry, json in
                json.field("at", Self.time(entry.at))
                json.field("action", entry.action)
                json.field("by", entry.actor.name)
                json.field("subject", entry.subjectName)
                // Where somebody else was is theirs.
                json.field("address", entry.actor.id.utf8.elementsEqual(person.id.text.utf8) ? entry.address : nil)
            }
        }
    }

    private static func list<Item>(
        _ name: StaticString, _ items: [Item], in json: inout JSONWriter, _ body: (Item, inout JSONWriter) -> Void
    ) {
        json.key(name)
        json.array { json in
            for item in items { json.object { body(item, &$0) } }
        }
    }

    /// RFC 3339.
    private static func time(_ instant: Instant?) -> String? { instant.map { CivilDate($0).iso } }
}
