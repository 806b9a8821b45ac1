package import OAuth

/// What a provider sent the browser back with.
package struct CallbackAnswer: Sendable {
    private let list: ParameterList

    /// - Parameter list: the query, or the form of a provider that posts.
    package init(_ list: ParameterList) { self.list = list }

    /// RFC 6749 §4.1.2: our `state`. RFC 5849 has none, so the callback that OAuth 1 providers get carries it.
    package var state: String? { text("state") }

    package var installation: String? { text("installation_id") }

    /// The code, or why there is none. An error wins over a code (RFC 6749 §4.1.2.1): a provider that sends both is
    /// not one to take a code from.
    package func code(for oauth2: OAuth2) throws(ConnectRefusal) -> String {
        try checkError()
        if let issuer = oauth2.authorize.issuer, text("iss").map({ $0.utf8.elementsEqual(issuer.utf8) }) != true {
            throw ConnectRefusal(.wrongIssuer)
        }
        guard let code = text(oauth2.authorize.codeName), code.utf8.count <= 4_096 else {
            throw ConnectRefusal(.missingCode)
        }
        return code
    }

    /// The code with which whoever installed an app shows who they are.
    package func installersCode() throws(ConnectRefusal) -> String {
        try checkError()
        guard let code = text("code"), code.utf8.count <= 4_096 else { throw ConnectRefusal(.installationUnproven) }
        return code
    }

    /// RFC 5849 §2.2. The verifier of another temporary token is none of ours.
    package func verifier(of token: String) throws(ConnectRefusal) -> String {
        try checkError()
        if text("denied") != nil { throw ConnectRefusal(.refusedByProvider("access_denied", "")) }
        guard let verifier = text("oauth_verifier"), let sent = text("oauth_token"),
            sent.utf8.elementsEqual(token.utf8)
        else { throw ConnectRefusal(.missingCode) }
        return verifier
    }

    /// Values that the provider's entry says to keep, those that have their field's form.
    package func kept(by provider: Provider, names: [String]) -> [String: String] {
        var kept: [String: String] = [:]
        for name in names {
            guard let value = text(name) else { continue }
            if provider.field(name)?.accepts(value) ?? ConnectionField.isPlainText(value) { kept[name] = value }
        }
        return kept
    }

    private func checkError() throws(ConnectRefusal) {
        guard let code = text("error") else { return }
        throw ConnectRefusal(.refusedByProvider(Self.line(code, 64), Self.line(text("error_description") ?? "", 300)))
    }

    /// One line of a stranger's text, for a page and a log: without controls, not too long.
    private static func line(_ text: String, _ longest: Int) -> String {
        let plain = text.unicodeScalars.filter {
            $0.value >= 0x20 && $0.value != 0x7F && !(0x80...0x9F).contains($0.value)
        }
        return String(String.UnicodeScalarView(plain.prefix(longest)))
    }

    /// Nil when it was not sent, is empty, or came twice.
    private func text(_ name: String) -> String? {
        let values = list.pairs.filter { $0.name.utf8.elementsEqual(name.utf8) }.map(\.value)
        guard values.count == 1, let value = values.first, !value.utf8.isEmpty else { return nil }
        return value
    }
}
