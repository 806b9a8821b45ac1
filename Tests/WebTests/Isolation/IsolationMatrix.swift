import Foundation
import HTTPTypes
import OAuth
import Testing

/// What each route with an object in its path must answer to people whose object it is not (case 139, 140).
/// A route that is not in here fails ``IsolationTests``.
enum IsolationRule {
    /// Somebody else's object and one that never was: the same answer, with this status to people who are signed in
    /// or bring a token of their own tenant. Strangers are asked to sign in, or for a token.
    case hidden(Int)
    /// What a tenant or the product publishes, or what the holder of an unguessable link may see.
    case published(String)
}

struct IsolationRoute: CustomStringConvertible {
    let method: String
    let path: String
    let rule: IsolationRule

    var description: String { "\(method) \(path)" }

    private init(_ route: String, _ rule: IsolationRule) {
        let parts = route.split(separator: " ").map(String.init)
        (method, path) = (parts[0], parts[1])
        self.rule = rule
    }

    static let all = [
        IsolationRoute("GET /account/apps/{tenant}/{grant}/revoke", .hidden(404)),
        IsolationRoute("POST /account/apps/{tenant}/{grant}/revoke", .hidden(404)),
        IsolationRoute("POST /account/sessions/{session}/end", .hidden(404)),
        IsolationRoute("GET /tokens/{token}/created", .hidden(404)),
        IsolationRoute("GET /tokens/{token}/revoke", .hidden(404)),
        IsolationRoute("POST /tokens/{token}/revoke", .hidden(404)),
        IsolationRoute("GET /apps/{app}", .hidden(404)),
        IsolationRoute("POST /apps/{app}", .hidden(404)),
        IsolationRoute("GET /apps/{app}/edit", .hidden(404)),
        IsolationRoute("GET /apps/{app}/created", .hidden(404)),
        IsolationRoute("GET /apps/{app}/delete", .hidden(404)),
        IsolationRoute("POST /apps/{app}/delete", .hidden(404)),
        IsolationRoute("POST /apps/{app}/secrets", .hidden(404)),
        IsolationRoute("GET /apps/{app}/secrets/{secret}/revoke", .hidden(404)),
        IsolationRoute("POST /apps/{app}/secrets/{secret}/revoke", .hidden(404)),
        IsolationRoute("GET /t/{tenant}", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/sample-people", .hidden(404)),
        IsolationRoute("GET /operator/outbox/{mail}", .hidden(404)),
        IsolationRoute("GET /operator/people/{person}/second-factor", .hidden(404)),
        IsolationRoute("POST /operator/people/{person}/second-factor", .hidden(404)),
        IsolationRoute("GET /email/{link}", .published("whoever holds the link")),
        IsolationRoute("POST /email/{link}", .published("whoever holds the link")),
        IsolationRoute("GET /email/undo/{link}", .published("whoever holds the link")),
        IsolationRoute("POST /email/undo/{link}", .published("whoever holds the link")),
        // A token works at one tenant; whether another one exists is none of its business.
        IsolationRoute("GET /t/{tenant}/api/v1/me", .hidden(401)),
        IsolationRoute("GET /t/{tenant}/api/v1/people", .hidden(401)),
        IsolationRoute("POST /t/{tenant}/api/v1/people", .hidden(401)),
        IsolationRoute("GET /t/{tenant}/api/v1/people/me", .hidden(401)),
        IsolationRoute("GET /t/{tenant}/api/v1/people/{contact}", .hidden(401)),
        IsolationRoute("PUT /t/{tenant}/api/v1/people/{contact}", .hidden(401)),
        IsolationRoute("PATCH /t/{tenant}/api/v1/people/{contact}", .hidden(401)),
        IsolationRoute("DELETE /t/{tenant}/api/v1/people/{contact}", .hidden(401)),
        IsolationRoute("GET /assets/{file}", .published("files of the product")),
        IsolationRoute("GET /verify/{link}", .published("whoever holds the link")),
        IsolationRoute("POST /verify/{link}", .published("whoever holds the link")),
        IsolationRoute("GET /reset/{link}", .published("whoever holds the link")),
        IsolationRoute("POST /reset/{link}", .published("whoever holds the link")),
        IsolationRoute("GET /t/{tenant}/oauth/authorize", .published("the endpoint of RFC 6749 §3.1")),
        IsolationRoute("POST /t/{tenant}/oauth/authorize", .published("only the ticket says what was asked")),
        IsolationRoute("POST /t/{tenant}/oauth/token", .published("the endpoint of RFC 6749 §3.2")),
        IsolationRoute("GET /t/{tenant}/.well-known/oauth-authorization-server", .published("RFC 8414")),
        IsolationRoute("GET /.well-known/oauth-authorization-server/t/{tenant}", .published("RFC 8414 §3.1")),
        IsolationRoute("GET /demo/mail/{mail}", .published("demo mode only, with a banner that says so")),
        IsolationRoute("GET /dev/pages/{exhibit}", .published("demo mode only, samples")),
    ]
}

/// Somebody's objects by the name that routes give them, real ones or ones that never were.
struct IsolationObjects {
    var values: [String: String]

    func path(of route: IsolationRoute) -> String {
        values.reduce(route.path) { $0.replacingOccurrences(of: "{\($1.key)}", with: $1.value) }
    }

    /// IDs that look right and name nothing.
    static let missing = IsolationObjects(values: [
        "tenant": "nowhere", "grant": "gr_0000000000000000", "session": "ses_0000000000000000",
        "token": "tok_0000000000000000", "app": "app_0000000000000000", "secret": "sec_0000000000000000",
        "contact": "987654", "mail": "mail_0000000000000000",
        "person": "per_0000000000000000",
    ])

    func replacing(_ name: String, by value: String?) -> IsolationObjects {
        var copy = self
        copy.values[name] = value
        return copy
    }
}
