import OAuth
import Portal

extension APIPage {
    /// - Parameter slug: a workspace of the reader's, or a name that stands for one.
    init(at slug: String, _ tenants: TenantAddresses) {
        let issuer = tenants.issuer(of: slug)
        let people = "/t/\(slug)/api/v1/people"
        self.init(
            issuer: issuer,
            calls: [
                Call("GET", "/v2/me", .accountRead, "Who the token stands for, where, and with which scopes."),
                Call("GET", "/t/\(slug)/api/v1/me", .accountRead, "The same, at the workspace’s own address."),
                Call("GET", people, .peopleRead, "A page of people, with the addresses of its neighbours."),
                Call("POST", people, .peopleWrite, "Adds somebody: 201, their record, and its address in Location."),
                Call("GET", people + "/{id}", .peopleRead, "One of them."),
                Call("PUT", people + "/{id}", .peopleWrite, "Changes the fields that are sent. PATCH does the same."),
                Call("DELETE", people + "/{id}", .peopleWrite, "Deletes them for good: 204."),
            ],
            fields: [
                Fact(label: "first_name, last_name", value: "Text. A new person needs one of them."),
                Fact(label: "email", value: "An address such as mei@example.org; an empty text clears it."),
                Fact(label: "phone", value: "Text; an empty one clears it."),
                Fact(label: "tags", value: "Sent as one text with commas, “volunteer,north”; answered as a list."),
                Fact(label: "id, created_at, updated_at", value: "Answered only: a number, and seconds since 1970."),
            ],
            listExample: """
                curl -H "Authorization: Bearer $TOKEN" "\(issuer)/api/v1/people?limit=2"

                {"next":"\(people)?limit=2&__nonce=…&__token=…","prev":null,
                 "results":[{"id":1,"first_name":"Amina","last_name":"Okafor","email":"amina.okafor@example.org",
                   "phone":"+1 555 0100","tags":["volunteer","north"],"created_at":1795252442,"updated_at":1795252442},
                  … ],
                 "meta":{"user_uri":"\(issuer)/api/v1/people/me"}}
                """,
            createExample: ExampleCall.newPerson.curl(issuer + "/api/v1/people", bearer: "$TOKEN"),
            changeExample: """
                curl -X PUT -H "Authorization: Bearer $TOKEN" \\
                  -H "Content-Type: application/json" \\
                  -d '{"phone": "", "tags": "board,press"}' \\
                  \(issuer)/api/v1/people/25
                """,
            endpoints: [
                Fact(label: "Authorization", value: issuer + "/oauth/authorize"),
                Fact(label: "Token", value: issuer + "/oauth/token"),
                Fact(label: "Metadata", value: issuer + "/.well-known/oauth-authorization-server"),
            ])
    }
}

extension APIPage.Call {
    fileprivate init(_ method: String, _ address: String, _ scope: Scope, _ sentence: String) {
        self.init(method: method, address: address, scope: scope.text, sentence: sentence)
    }
}
