import OAuth
import Portal

/// The call that examples show: one that the scopes at hand really allow.
enum ExampleCall {
    case me, people, newPerson

    /// - Parameter isOwn: it is the reader's own token, so who they are is the first thing to ask; an app asks for
    ///   what it came for.
    /// - Returns: nil when these scopes open nothing of our own API.
    init?(scopes: ScopeSet, isOwn: Bool = false) {
        let isFull = scopes.contains(.default)
        let candidates: [(ExampleCall, Scope)] =
            isOwn
            ? [(.me, .accountRead), (.people, .peopleRead), (.newPerson, .peopleWrite)]
            : [(.people, .peopleRead), (.newPerson, .peopleWrite), (.me, .accountRead)]
        guard let call = candidates.first(where: { isFull || scopes.contains($0.1) })?.0 else { return nil }
        self = call
    }

    /// Below a workspace's address.
    var path: String {
        switch self {
        case .me: "/api/v1/me"
        case .people, .newPerson: "/api/v1/people"
        }
    }

    /// "List the people of Acme", without a full stop.
    func sentence(at workspace: String) -> String {
        switch self {
        case .me: "Ask the API who you are"
        case .people: "List the people of \(workspace)"
        case .newPerson: "Add somebody to the people of \(workspace)"
        }
    }

    /// - Parameter bearer: the token, or what stands for it in a shell.
    func curl(_ address: String, bearer: String) -> String {
        let header = "curl -H \"Authorization: Bearer \(bearer)\" \\\n"
        guard let body else { return "\(header)  \(address)" }
        return "\(header)  -H \"Content-Type: application/json\" \\\n  -d '\(body)' \\\n  \(address)"
    }

    /// The beginning of the answer.
    var reply: String {
        switch self {
        case .me: #"{"id":"…","name":"…","email":"…","role":"…", … }"#
        case .people: #"{"next":…,"prev":null,"results":[{"id":1,"first_name":"Amina", … }, … ], … }"#
        case .newPerson: #"{"person":{"id":25,"first_name":"Mei","last_name":"Lin", … }, … }"#
        }
    }

    /// What is posted; nil for a GET.
    var body: String? {
        self == .newPerson ? #"{"first_name": "Mei", "last_name": "Lin", "email": "mei@example.org"}"# : nil
    }
}
