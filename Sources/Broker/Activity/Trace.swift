package import OAuth

/// What happened at one authorization, refresh or call, as ordered steps. Redacted when it is made: whatever reaches
/// the database holds no credential.
package struct Trace: Sendable {
    package enum Action: String, Sendable, CaseIterable {
        case connect, refresh, proxy, imported = "import", deleted = "delete", webhook

        package var title: String {
            switch self {
            case .connect: "Connect"
            case .refresh: "Refresh"
            case .proxy: "Proxy call"
            case .imported: "Import"
            case .deleted: "Delete"
            case .webhook: "Webhook"
            }
        }
    }

    package enum Outcome: String, Sendable { case running, success, failure }

    package let id: ID<Entity.Trace>
    package let tenant: ID<Entity.Tenant>
    package let environment: ID<Entity.Environment>
    package let action: Action
    package let integrationKey: String
    package let provider: String
    package let connectionID: String
    package var outcome: Outcome
    /// The name of what went wrong; ``TraceAdvice`` has a sentence for it.
    package var error: String?
    package let startedAt: Instant
    package var finishedAt: Instant?
    package var milliseconds: Int64
    /// What is to be added; what was stored under the ID before stays.
    package private(set) var steps: [TraceStep]

    /// One that begins; or, with the rest, as it stands in the database.
    package init(
        id: ID<Entity.Trace>, tenant: ID<Entity.Tenant>, environment: ID<Entity.Environment>, action: Action,
        integrationKey: String, provider: String, connectionID: String, outcome: Outcome = .running,
        error: String? = nil, startedAt: Instant, finishedAt: Instant? = nil, milliseconds: Int64 = 0,
        steps: [TraceStep] = []
    ) {
        self.id = id
        self.tenant = tenant
        self.environment = environment
        self.action = action
        self.integrationKey = integrationKey
        self.provider = provider
        self.connectionID = connectionID
        self.outcome = outcome
        self.error = error
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.milliseconds = milliseconds
        self.steps = steps
    }

    /// - Parameters:
    ///   - sentence: what happened, for people, with its full stop; never anything from outside.
    ///   - detail: names and values, redacted here; credentials in them are hidden by their names.
    ///   - milliseconds: since the trace began.
    package mutating func add(
        _ sentence: String, _ detail: [(name: String, value: String)] = [], level: TraceStep.Level = .info,
        after milliseconds: Int64 = 0, at now: Instant
    ) {
        guard steps.count < 50 else { return }
        steps.append(
            TraceStep(
                at: now, milliseconds: milliseconds, level: level, sentence: sentence,
                detail: detail.map { ($0.name, Redaction.value($0.value, of: $0.name)) }))
    }

    package mutating func finish(_ outcome: Outcome, error: String? = nil, after milliseconds: Int64, at now: Instant) {
        self.outcome = outcome
        self.error = error
        self.milliseconds = milliseconds
        finishedAt = now
    }
}

package struct TraceStep: Sendable {
    package enum Level: String, Sendable { case info, warning, error }

    package let at: Instant
    package let milliseconds: Int64
    package let level: Level
    package let sentence: String
    package let detail: [(name: String, value: String)]

    package init(
        at: Instant, milliseconds: Int64, level: Level, sentence: String, detail: [(name: String, value: String)]
    ) {
        self.at = at
        self.milliseconds = milliseconds
        self.level = level
        self.sentence = sentence
        self.detail = detail
    }
}

/// Which traces a page shows. Empty parts do not filter.
package struct TraceFilter: Sendable {
    package var action: Trace.Action?
    package var outcome: Trace.Outcome?
    package var integrationKey: String?
    package var connectionID: String?
    package var from: Instant?
    package var until: Instant?

    package init() {}
}
