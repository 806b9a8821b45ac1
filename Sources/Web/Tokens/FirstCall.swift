import OAuth
import Portal

extension Site {
    /// A call that a new token can make at once, ready to paste, and the beginning of what it answers.
    ///
    /// - Returns: both empty when the token's scopes open none of the two addresses that everybody can try.
    func firstCall(
        of token: DeveloperTokenSummary, by person: Person, bearer: String
    ) -> (curl: String, reply: String) {
        if token.scopes.contains(.accountRead) || token.scopes.contains(.default) {
            return (curl: curl("/v2/me", bearer), reply: introduction(of: person))
        }
        guard token.scopes.contains(.peopleRead) else { return (curl: "", reply: "") }
        return (
            curl: curl("/t/\(token.tenant.slug.text)/api/v1/people", bearer),
            reply: #"{"next": …, "prev": null, "results": [{"id": 1, "first_name": …}, …], …}"#
        )
    }

    private func curl(_ path: String, _ bearer: String) -> String {
        "curl -H \"Authorization: Bearer \(bearer)\" \\\n  \(url(path))"
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
