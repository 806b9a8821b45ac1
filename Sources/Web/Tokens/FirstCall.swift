import OAuth
import Portal

extension Site {
    /// A call that a new token can make at once, ready to paste, and the beginning of what it answers.
    func firstCall(of token: DeveloperTokenSummary, bearer: String) -> (curl: String, reply: String) {
        let readsAccount = token.scopes.contains(.accountRead) || token.scopes.contains(.default)
        let readsPeople = token.scopes.contains(.peopleRead)
        let path = !readsAccount && readsPeople ? "/t/\(token.tenant.slug.text)/api/v1/people" : "/v2/me"
        let curl = "curl -H \"Authorization: Bearer \(bearer)\" \\\n  \(url(path))"
        let reply = readsAccount
            ? #"{"data":{"type":"people","attributes":{ … you … }}}"#
            : readsPeople ? #"{"data":[{"type":"people","id":"1", … }, … ]}"# : #"{"error":"insufficient_scope", … }"#
        return (curl: curl, reply: reply)
    }
}
