import OAuth
import Portal

extension Site {
    /// A call that a new token can make at once, ready to paste, and the beginning of what it answers.
    ///
    /// - Returns: nil when the token's scopes open none of the addresses that everybody can try.
    func firstCall(
        of token: DeveloperTokenSummary, by person: Person, bearer: String
    ) -> TokenCreatedPage.Call? {
        let scopes = token.scopes
        guard let example = ExampleCall(scopes: scopes, isOwn: true) else { return nil }
        let address = url(example == .me ? "/v2/me" : token.tenant.path + example.path)
        return TokenCreatedPage.Call(
            sentence: example.sentence(at: token.tenant.name), curl: example.curl(address, bearer: bearer),
            reply: example == .me ? introduction(of: person) : example.reply)
    }

    private func introduction(of person: Person) -> String {
        var json = JSONWriter()
        json.object {
            $0.field("id", person.id.text)
            $0.field("name", person.name)
            $0.field("email", person.email)
        }
        return String(decoding: json.bytes.dropLast(), as: UTF8.self) + ", … }"
    }
}
