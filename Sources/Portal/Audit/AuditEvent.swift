package import OAuth

/// One thing that somebody did, to be recorded in the transaction that does it. Never holds a secret.
package struct AuditEvent: Sendable {
    /// Whose log it belongs to; nil is the installation's own.
    package let tenant: ID<Entity.Tenant>?
    package let action: AuditAction
    package let actor: AuditActor
    package let subject: AuditSubject
    /// What else a reader wants to know, in plain words: scopes, a reason, what changed. What stands under a name of
    /// ``factNames`` stays when people in it are forgotten; everything else goes with them.
    package let detail: [String: String]
    /// Where the request came from; empty when there was none.
    package let address: String

    package init(
        _ action: AuditAction, by actor: AuditActor, on subject: AuditSubject, in tenant: ID<Entity.Tenant>? = nil,
        detail: [String: String] = [:], from address: String = ""
    ) {
        self.tenant = tenant
        self.action = action
        self.actor = actor
        self.subject = subject
        self.detail = detail
        self.address = address
    }

    /// Names of details whose values are words of ours, scopes, numbers or IDs, and so name nobody.
    package static let factNames: Set = [
        "actor", "apps", "area", "ceiling", "change", "format", "from", "grant", "grants", "how", "kind", "left",
        "lifetime",
        "longest token", "old_secret_ends", "on the list", "pkce", "plan", "request", "revoked", "role", "scopes",
        "sensitivity", "sessions", "subject", "through", "token scopes", "token_format", "until", "unused answers",
        "version", "which", "who", "workspace",
    ]
}

/// Who did it.
package struct AuditActor: Sendable {
    /// `key` is a company's backend, by the secret key it came with.
    package enum Kind: String, Sendable { case person, app, `operator`, system, key }

    package let kind: Kind
    package let id: String
    /// As it was then: people are renamed and apps deleted.
    package let name: String

    package init(_ kind: Kind, id: String, name: String) {
        self.kind = kind
        self.id = id
        self.name = name
    }

    package static func person(_ person: Person) -> AuditActor {
        AuditActor(.person, id: person.id.text, name: person.name)
    }

    /// A person in their office as operator.
    package static func `operator`(_ person: Person) -> AuditActor {
        AuditActor(.operator, id: person.id.text, name: person.name)
    }

    package static func app(_ client: Client) -> AuditActor {
        AuditActor(.app, id: client.id.text, name: client.name)
    }

    /// Gatewright itself, or whoever runs its commands.
    package static let system = AuditActor(.system, id: "", name: "Gatewright")
}

/// What it was done to.
package struct AuditSubject: Sendable {
    package enum Kind: String, Sendable {
        case person, app, tenant, token, grant, secret, invitation, scope, setting, key, api
        case environment, integration, connection
    }

    package let kind: Kind
    package let id: String
    package let name: String

    package init(_ kind: Kind, id: String, name: String) {
        self.kind = kind
        self.id = id
        self.name = name
    }

    package static func person(_ person: Person) -> AuditSubject {
        AuditSubject(.person, id: person.id.text, name: person.name)
    }

    package static func app(_ app: App) -> AuditSubject {
        AuditSubject(.app, id: app.id.text, name: app.details.name)
    }

    package static func app(_ client: Client) -> AuditSubject {
        AuditSubject(.app, id: client.id.text, name: client.name)
    }

    package static func tenant(_ tenant: Tenant) -> AuditSubject {
        AuditSubject(.tenant, id: tenant.id.text, name: tenant.name)
    }

    package static func token(_ id: ID<Entity.DeveloperToken>, _ description: String) -> AuditSubject {
        AuditSubject(.token, id: id.text, name: description)
    }
}
