import OAuth

/// What a developer got when they registered their app at the provider.
package struct ClientRegistration: Sendable {
    package let id: String
    /// nil where the provider gives none (public clients, API keys).
    package let secret: String?

    package init(id: String, secret: String?) {
        self.id = id
        self.secret = secret
    }

    /// RFC 6749 §2.3.1: both halves form-encoded, then Base64.
    var basic: String {
        let pair = FormText.encode(id) + ":" + FormText.encode(secret ?? "")
        return "Basic " + Base64.encoded(pair.utf8)
    }
}
