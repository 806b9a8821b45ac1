/// What a secret is for. Its prefix is in every secret of that kind, for secret scanners and for people.
/// Changing a prefix revokes every secret of that kind.
package protocol SecretKind: Sendable {
    static var prefix: String { get }
}

/// RFC 6749 §1.4: what an app calls the API with.
package enum AccessToken: SecretKind { package static var prefix: String { "at" } }
/// RFC 6749 §1.5: what an app gets its next access token with.
package enum RefreshToken: SecretKind { package static var prefix: String { "rt" } }
/// RFC 6749 §1.3.1: lives ten minutes, works once.
package enum AuthorizationCode: SecretKind { package static var prefix: String { "ac" } }
/// A person's own token in one tenant.
package enum DeveloperToken: SecretKind { package static var prefix: String { "dt" } }
/// RFC 6749 §2.3.1: an app's password.
package enum ClientSecretKind: SecretKind { package static var prefix: String { "cs" } }
/// The session cookie's value.
package enum SessionCookie: SecretKind { package static var prefix: String { "ss" } }
/// What a link in a mail carries.
package enum MailLink: SecretKind { package static var prefix: String { "ml" } }
/// The one-time code on the console that makes the operator.
package enum SetupCode: SecretKind { package static var prefix: String { "su" } }
/// What a rendered consent page carries back.
package enum ConsentTicket: SecretKind { package static var prefix: String { "tk" } }
/// What a company's backend fetches connections with.
package enum EnvironmentKey: SecretKind { package static var prefix: String { "sk" } }
/// The `state` of a connect flow (RFC 6749 §10.12).
package enum FlowState: SecretKind { package static var prefix: String { "fs" } }
/// The cookie that holds a connect flow to the browser it began in.
package enum FlowCookie: SecretKind { package static var prefix: String { "fc" } }
/// What a company's backend gives its page, so that one of its users may connect.
package enum ConnectToken: SecretKind { package static var prefix: String { "cn" } }
