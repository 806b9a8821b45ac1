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

    private static let connecting = "the public key or the session says in whose environment, and nothing of others'"

    /// Of a tenant's pages, those that any member may see; the others are its admins'.
    static let openToMembers = [
        "GET /t/{tenant}", "GET /t/{tenant}/members", "GET /t/{tenant}/requests", "POST /t/{tenant}/requests",
        "GET /t/{tenant}/requests/{request}", "GET /t/{tenant}/requests/{request}/continue",
        "GET /t/{tenant}/test-token", "POST /t/{tenant}/test-token", "POST /t/{tenant}/test-token/revoke",
        "GET /t/{tenant}/settings", "GET /t/{tenant}/leave", "POST /t/{tenant}/leave",
    ]

    /// A page of a tenant that only its admins may see.
    var isForAdmins: Bool {
        guard case .hidden = rule else { return false }
        return path.hasPrefix("/t/{tenant}") && !path.contains("/api/") && !Self.openToMembers.contains(description)
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
        IsolationRoute("POST /apps/{app}/review", .hidden(404)),
        IsolationRoute("POST /apps/{app}/secrets", .hidden(404)),
        IsolationRoute("GET /apps/{app}/secrets/{secret}/revoke", .hidden(404)),
        IsolationRoute("POST /apps/{app}/secrets/{secret}/revoke", .hidden(404)),
        IsolationRoute("GET /apps/{app}/token-format", .hidden(404)),
        IsolationRoute("POST /apps/{app}/token-format", .hidden(404)),
        IsolationRoute("POST /apps/{app}/token-format/test", .hidden(404)),
        IsolationRoute("GET /apps/{app}/grants", .hidden(404)),
        IsolationRoute("GET /apps/{app}/grants/{grant}/revoke", .hidden(404)),
        IsolationRoute("POST /apps/{app}/grants/{grant}/revoke", .hidden(404)),
        IsolationRoute("GET /apps/{app}/activity", .hidden(404)),
        IsolationRoute("GET /apps/{app}/activity/{event}", .hidden(404)),
        IsolationRoute("GET /apps/{app}/direct", .hidden(404)),
        IsolationRoute("POST /apps/{app}/direct", .hidden(404)),
        IsolationRoute("POST /apps/{app}/direct/off", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/test-token", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/test-token", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/test-token/revoke", .hidden(404)),
        IsolationRoute("GET /t/{tenant}", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/members", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/members/{person}/role", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/members/{person}/remove", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/members/{person}/remove", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/invitations/new", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/invitations", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/invitations/{invitation}/resend", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/invitations/{invitation}/withdraw", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/apps", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/apps", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/apps/add", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/apps/{app}", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/apps/{app}/rules", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/apps/{app}/revoke", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/apps/{app}/revoke", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/apps/{app}/grants/{grant}/revoke", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/apps/{app}/grants/{grant}/revoke", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/policy", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/policy", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/requests", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/requests", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/requests/{request}", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/requests/{request}", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/requests/{request}/continue", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/tokens", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/tokens/rules", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/tokens/{token}/revoke", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/tokens/{token}/revoke", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/audit", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/audit/export", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/settings", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/settings", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/leave", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/leave", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/delete", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/delete", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/sample-people", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/new", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/delete", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/delete", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/integrations", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/integrations", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/integrations/new", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/integrations/new/{provider}", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/integrations/{integration}", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/integrations/{integration}", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/integrations/{integration}/connect", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/integrations/{integration}/tested", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/integrations/{integration}/delete", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/integrations/{integration}/delete", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/connections", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/connections/{connection}", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/connections/{connection}/reveal", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/connections/{connection}/refresh", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/connections/{connection}/metadata", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/connections/{connection}/reconnect", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/connections/{connection}/delete", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/connections/{connection}/delete", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/activity", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/activity/{trace}", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/webhooks", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/webhooks", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/webhooks/test", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/webhooks/key", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/webhooks/key/reveal", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/webhooks/{webhook}", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/webhooks/{webhook}/replay", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/settings", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/settings/hmac", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/settings/hmac/reveal", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/settings/hmac/require", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/settings/origins", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/settings/callback", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/settings/variables", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/settings/variables", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/settings/variables/reveal", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/settings/keys", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/settings/keys/{key}", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/settings/keys/{key}/rotate", .hidden(404)),
        IsolationRoute("GET /t/{tenant}/env/{environment}/settings/keys/{key}/revoke", .hidden(404)),
        IsolationRoute("POST /t/{tenant}/env/{environment}/settings/keys/{key}/revoke", .hidden(404)),
        IsolationRoute("GET /operator/applications/{application}", .hidden(404)),
        IsolationRoute("POST /operator/applications/{application}", .hidden(404)),
        IsolationRoute("GET /operator/people/{person}", .hidden(404)),
        IsolationRoute("POST /operator/people/{person}/suspend", .hidden(404)),
        IsolationRoute("POST /operator/people/{person}/reinstate", .hidden(404)),
        IsolationRoute("GET /operator/apps/{app}", .hidden(404)),
        IsolationRoute("POST /operator/apps/{app}/review", .hidden(404)),
        IsolationRoute("POST /operator/apps/{app}/withdraw", .hidden(404)),
        IsolationRoute("POST /operator/apps/{app}/suspend", .hidden(404)),
        IsolationRoute("POST /operator/apps/{app}/reinstate", .hidden(404)),
        IsolationRoute("GET /operator/tenants/{tenant}", .hidden(404)),
        IsolationRoute("POST /operator/tenants/{tenant}/plan", .hidden(404)),
        IsolationRoute("POST /operator/tenants/{tenant}/suspend", .hidden(404)),
        IsolationRoute("POST /operator/tenants/{tenant}/reinstate", .hidden(404)),
        IsolationRoute("GET /operator/scopes/{scope}", .hidden(404)),
        IsolationRoute("POST /operator/scopes/{scope}", .hidden(404)),
        IsolationRoute("POST /operator/scopes/{scope}/remove", .hidden(404)),
        IsolationRoute("GET /operator/outbox/{mail}", .hidden(404)),
        IsolationRoute("GET /operator/people/{person}/second-factor", .hidden(404)),
        IsolationRoute("POST /operator/people/{person}/second-factor", .hidden(404)),
        IsolationRoute("GET /email/{link}", .published("whoever holds the link")),
        IsolationRoute("POST /email/{link}", .published("whoever holds the link")),
        IsolationRoute("GET /email/undo/{link}", .published("whoever holds the link")),
        IsolationRoute("POST /email/undo/{link}", .published("whoever holds the link")),
        IsolationRoute("GET /operator/apis/{api}/created", .hidden(404)),
        IsolationRoute("GET /operator/apis/{api}/revoke", .hidden(404)),
        IsolationRoute("POST /operator/apis/{api}/revoke", .hidden(404)),
        // A token works at one tenant; whether another one exists is none of its business.
        IsolationRoute("GET /t/{tenant}/api/v1/me", .hidden(401)),
        IsolationRoute("GET /t/{tenant}/api/v1/people", .hidden(401)),
        IsolationRoute("POST /t/{tenant}/api/v1/people", .hidden(401)),
        IsolationRoute("GET /t/{tenant}/api/v1/people/me", .hidden(401)),
        IsolationRoute("GET /t/{tenant}/api/v1/people/{contact}", .hidden(401)),
        IsolationRoute("PUT /t/{tenant}/api/v1/people/{contact}", .hidden(401)),
        IsolationRoute("PATCH /t/{tenant}/api/v1/people/{contact}", .hidden(401)),
        IsolationRoute("DELETE /t/{tenant}/api/v1/people/{contact}", .hidden(401)),
        IsolationRoute("GET /v2.1/token/{token}", .hidden(404)),
        IsolationRoute("DELETE /v2.1/token/{token}", .hidden(404)),
        IsolationRoute("GET /oauth/connect/{integration}", .published(connecting)),
        IsolationRoute("POST /oauth/connect/{integration}", .published(connecting)),
        IsolationRoute("POST /api-auth/api-key/{integration}", .published(connecting)),
        IsolationRoute("OPTIONS /api-auth/api-key/{integration}", .published(connecting)),
        IsolationRoute("POST /api-auth/basic/{integration}", .published(connecting)),
        IsolationRoute("OPTIONS /api-auth/basic/{integration}", .published(connecting)),
        IsolationRoute("POST /unauth/{integration}", .published(connecting)),
        IsolationRoute("OPTIONS /unauth/{integration}", .published(connecting)),
        IsolationRoute("POST /auth/unauthenticated/{integration}", .published(connecting)),
        IsolationRoute("OPTIONS /auth/unauthenticated/{integration}", .published(connecting)),
        IsolationRoute("POST /oauth2/auth/{integration}", .published(connecting)),
        IsolationRoute("OPTIONS /oauth2/auth/{integration}", .published(connecting)),
        IsolationRoute("POST /app-store-auth/{integration}", .published(connecting)),
        IsolationRoute("OPTIONS /app-store-auth/{integration}", .published(connecting)),
        IsolationRoute("POST /auth/jwt/{integration}", .published(connecting)),
        IsolationRoute("OPTIONS /auth/jwt/{integration}", .published(connecting)),
        IsolationRoute("POST /auth/tba/{integration}", .published(connecting)),
        IsolationRoute("OPTIONS /auth/tba/{integration}", .published(connecting)),
        IsolationRoute("POST /auth/two-step/{integration}", .published(connecting)),
        IsolationRoute("OPTIONS /auth/two-step/{integration}", .published(connecting)),
        IsolationRoute("GET /oauth/callback/{place}", .published("state and cookie say whose flow it is")),
        IsolationRoute("POST /oauth/callback/{place}", .published("it only leads on to the GET")),
        IsolationRoute("GET /connect/results/{socket}", .published("whoever holds the socket's name")),
        IsolationRoute("OPTIONS /connect/results/{socket}", .published("whoever holds the socket's name")),
        IsolationRoute("GET /sdk/{file}", .published("files of the product")),
        IsolationRoute("GET /assets/{file}", .published("files of the product")),
        IsolationRoute("GET /invitations/{link}", .published("whoever holds the link")),
        IsolationRoute("POST /invitations/{link}", .published("whoever holds the link")),
        IsolationRoute("GET /verify/{link}", .published("whoever holds the link")),
        IsolationRoute("POST /verify/{link}", .published("whoever holds the link")),
        IsolationRoute("GET /reset/{link}", .published("whoever holds the link")),
        IsolationRoute("POST /reset/{link}", .published("whoever holds the link")),
        IsolationRoute("GET /t/{tenant}/oauth/authorize", .published("the endpoint of RFC 6749 §3.1")),
        IsolationRoute("POST /t/{tenant}/oauth/authorize", .published("only the ticket says what was asked")),
        IsolationRoute("POST /t/{tenant}/oauth/token", .published("the endpoint of RFC 6749 §3.2")),
        IsolationRoute("POST /t/{tenant}/oauth/revoke", .published("RFC 7009: only what the client was given")),
        IsolationRoute("POST /t/{tenant}/oauth/introspect", .published("RFC 7662: only what the client may know")),
        IsolationRoute("GET /t/{tenant}/.well-known/openid-configuration", .published("RFC 8414 §5")),
        IsolationRoute("GET /.well-known/openid-configuration/t/{tenant}", .published("RFC 8414 §5")),
        IsolationRoute("GET /t/{tenant}/.well-known/oauth-protected-resource/api/v1", .published("RFC 9728")),
        IsolationRoute("GET /.well-known/oauth-protected-resource/t/{tenant}/api/v1", .published("RFC 9728 §3.1")),
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
        "contact": "987654", "person": "per_0000000000000000", "invitation": "inv_0000000000000000",
        "request": "req_0000000000000000", "event": "act_0000000000000000", "mail": "mail_0000000000000000",
        "application": "dev_0000000000000000", "scope": "none:such", "api": "api_0000000000000000",
        "environment": "dev", "integration": "int_0000000000000000", "connection": "876543",
        "trace": "trc_0000000000000000", "webhook": "whk_0000000000000000", "key": "key_0000000000000000",
        "provider": "custom",
    ])

    /// What stands below a tenant or an app.
    static let ofTenants = [
        "grant", "secret", "contact", "person", "invitation", "request", "token", "integration", "connection", "trace",
        "webhook", "key",
    ]

    func replacing(_ name: String, by value: String?) -> IsolationObjects {
        var copy = self
        copy.values[name] = value
        return copy
    }
}
