/// RFC 6749 §4.1.2.1: which errors may travel to a redirect URI, and which must stay with the person.
package enum Refusal: Error, Equatable, Sendable {
    /// The client or the redirect URI is not certain: a page here, never a redirect.
    case tellThePerson(OAuthError)
    /// To be sent with `callbackURL(_:error:state:issuer:)`.
    case redirect(OAuthError, to: VerifiedRedirectURI, state: String?)
}
