package import OAuth

/// Something an app's owner wants to see: a request of the app that was refused, or a change to the app.
///
/// It is redacted as it is made: a sentence of ours, names of parameters, a hint of the address. Nothing of a
/// request's values gets in, so whoever knows a `client_id` cannot write to its owner.
package struct AppEvent: Sendable {
    package enum Kind: String, CaseIterable, Sendable { case authorize, token, direct, api, change }
    package enum Outcome: String, CaseIterable, Sendable { case refused, done }

    package let app: ID<Entity.Client>
    package let at: Instant
    package let kind: Kind
    package let outcome: Outcome
    /// The protocol's word, of a refusal.
    package let error: String?
    /// What was wrong, or what changed: one sentence.
    package let what: String
    /// What to do about it; empty when there is nothing.
    package let advice: String
    /// The names of the parameters that came.
    package let received: String
    package let tenant: ID<Entity.Tenant>?
    package let addressHint: String

    private init(
        app: ID<Entity.Client>, at: Instant, kind: Kind, outcome: Outcome, error: String?, what: String,
        advice: String, received: String, tenant: ID<Entity.Tenant>?, addressHint: String
    ) {
        self.app = app
        self.at = at
        self.kind = kind
        self.outcome = outcome
        self.error = error
        self.what = what
        self.advice = advice
        self.received = received
        self.tenant = tenant
        self.addressHint = addressHint
    }

    /// A request that was refused.
    ///
    /// - Parameters:
    ///   - detail: a further sentence of ours, such as what a callback differs in.
    ///   - request: its parameters, of which only the names stay.
    package static func refusal(
        of kind: Kind, by error: OAuthError, detail: String = "", app: ID<Entity.Client>, tenant: ID<Entity.Tenant>?,
        request: ParameterList, from address: String, at now: Instant
    ) -> AppEvent {
        AppEvent(
            app: app, at: now, kind: kind, outcome: .refused, error: error.code.rawValue,
            what: sentence(error.sentence) + (detail.isEmpty ? "" : " " + detail), advice: Advice.on(error, in: kind),
            received: request.knownNames.joined(separator: ", "), tenant: tenant, addressHint: AddressHint.of(address))
    }

    /// A change to the app, or what its owner did with it.
    package static func change(_ what: String, of app: ID<Entity.Client>, at now: Instant) -> AppEvent {
        AppEvent(
            app: app, at: now, kind: .change, outcome: .done, error: nil, what: what, advice: "", received: "",
            tenant: nil, addressHint: "")
    }

    /// "the code has expired" → "The code has expired."
    private static func sentence(_ text: String) -> String {
        if let own = ownWords.first(where: { $0.0.utf8.elementsEqual(text.utf8) }) { return own.1 }
        guard let first = text.utf8.first else { return text }
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        // Names of parameters keep their case: "redirect_uri is missing".
        let word = text.utf8.prefix { $0 != 0x20 }
        let isName = word.contains(UInt8(ascii: "_")) || names.contains { $0.utf8.elementsEqual(word) }
        guard isLetter, !isName else { return text + "." }
        return String(decoding: [first - 32], as: UTF8.self) + String(decoding: text.utf8.dropFirst(), as: UTF8.self)
            + "."
    }

    private static let names = ["scope", "state", "prompt", "code"]

    /// The protocol's word for a workspace is not that of the pages.
    private static let ownWords = [
        ("the token lacks a scope", "The access token lacks a scope."),
        ("the token is another tenant's", "The access token is another workspace's."),
        (
            "the tenant's rules do not let this person allow the app",
            "The rules of the workspace do not let this person allow the app."
        ),
        ("the person is not a member of this tenant", "The person is not a member of the workspace."),
    ]
}

/// One event as its owner sees it later.
package struct AppEntry: Sendable {
    package let id: String
    package let at: Instant
    package let kind: AppEvent.Kind
    package let outcome: AppEvent.Outcome
    package let error: String?
    package let what: String
    package let advice: String
    package let received: String
    /// Nil when no tenant was involved, or when it is gone.
    package let tenantName: String?
    package let addressHint: String
    package let times: Int64

    package init(
        id: String, at: Instant, kind: AppEvent.Kind, outcome: AppEvent.Outcome, error: String?, what: String,
        advice: String, received: String, tenantName: String?, addressHint: String, times: Int64
    ) {
        self.id = id
        self.at = at
        self.kind = kind
        self.outcome = outcome
        self.error = error
        self.what = what
        self.advice = advice
        self.received = received
        self.tenantName = tenantName
        self.addressHint = addressHint
        self.times = times
    }
}

/// What is only counted, by day.
package enum AppMetric: String, CaseIterable, Sendable {
    /// A person allowed the app, or had before: a code was sent.
    case authorized
    case denied
    /// An authorization request ended at a page of ours or with an error.
    case stopped
    /// A code became tokens.
    case issued
    case refreshed
    /// A V1 token became a V2 pair.
    case moved
    /// A token was sent straight to a callback.
    case direct
    /// The token endpoint refused.
    case refused
    /// The API was called with a token of the app.
    case used
    /// The API was called with one that had expired.
    case expired
}

extension Instant {
    /// Days since 1970-01-01, UTC.
    package var day: Int64 { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }
}
