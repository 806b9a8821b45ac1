@testable import Broker
import OAuth
import Testing

@Suite("Whose an installed app is")
struct InstallationOwnerTests {
    private struct Missing: Error {}

    private static let questions = """
            owner:
              kind_at: target_type
              kinds:
                User:
                  ask: https://api.hub.example/user
                  same: {id: account.id}
                Organization:
                  ask: https://api.hub.example/user/memberships/orgs/{login}
                  names: {login: account.login}
                  same: {organization.id: account.id}
                  says: {state: active, role: admin}
                  permission: "Members: read-only"
        """

    private func file(_ owner: String = InstallationOwnerTests.questions) -> ProviderFile {
        ProviderFile(
            """
            hub:
              title: Hub
              docs: https://hub.example/docs
              auth: app
              install: {url: "https://hub.example/apps/ours/installations/new"}
              token: {url: "https://api.hub.example/app/installations/{installation_id}/access_tokens"}
              verify_user:
                token: {url: "https://hub.example/oauth"}
                client_id: appClientId
                client_secret: appClientSecret
                list: "https://api.hub.example/user/installations?per_page=30"
                list_at: data.installations
            \(owner)
              fields:
                installation_id: {title: Installation, format: digits, from: callback}
                appClientId: {title: Client ID, format: word, from: integration}
                appClientSecret: {title: Client secret, format: word, from: integration, secret: true}
            """)
    }

    private func owner(_ text: String = InstallationOwnerTests.questions) throws -> InstallationOwner {
        let file = file(text)
        #expect(file.problems.isEmpty, "\(file.problems)")
        guard case .app(let app)? = file.providers.first?.method, let owner = app.owner else { throw Missing() }
        return owner
    }

    private func json(_ text: String) throws -> JSONValue { try #require(JSONValue(Array(text.utf8))) }

    /// The question about an installation, and why its answer is no proof; nil when it is.
    private func refusal(
        _ installation: String, _ status: Int, _ answer: String
    ) throws -> (call: ProviderCall, why: ConnectRefusal.Reason?) {
        let listed = try json(installation)
        guard case .ask(let question, let call) = try owner().nextStep(for: listed, token: "t", values: [:]) else {
            throw Missing()
        }
        let body = ProviderAnswer.response(status: status, body: Array(answer.utf8))
        return (call, question.refusal(body, about: listed)?.reason)
    }

    @Test func `which installations a person sees, the provider's list says, page by page`() throws {
        let owner = try owner()
        #expect(throws: ConnectProblem.notConfigured) { try owner.client(["appClientId": "i"]) }
        #expect(try owner.client(["appClientId": "i", "appClientSecret": "s"]).secret == "s")
        let call = try owner.list(page: 2, token: "t", values: [:])
        #expect(call.url == "https://api.hub.example/user/installations?per_page=30&page=2" && call.method == .get)
        func find(_ status: Int, _ body: String) throws -> InstallationOwner.Finding {
            try owner.find("42", in: .response(status: status, body: Array(body.utf8))).get()
        }
        #expect(
            try find(200, #"{"data":{"installations":[{"id":7},{"id":42}]}}"#) == .listed(json(#"{"id":42}"#)))
        #expect(try find(200, #"{"data":{"installations":[{"id":"42"}]}}"#) == .listed(json(#"{"id":"42"}"#)))
        #expect(try find(200, #"{"data":{"installations":[{"id":421},{"id":4}]}}"#) == .notOnThisPage)
        #expect(try find(200, #"{"data":{"installations":[]}}"#) == .noMorePages)
        for (status, body) in [(200, "{}"), (401, #"{"data":{"installations":[{"id":42}]}}"#), (200, "42")] {
            #expect(throws: TokenAnswer.Trouble.self) { try find(status, body) }
        }
    }

    private static let person = #"{"id":42,"target_type":"User","account":{"id":7,"login":"ada"}}"#
    private static let company = #"{"id":42,"target_type":"Organization","account":{"id":9,"login":"acme-1"}}"#

    @Test(
        arguments: [
            (200, #"{"id":7,"login":"ada"}"#, nil), (200, #"{"id":"7"}"#, nil),
            (200, #"{"id":8,"login":"ada"}"#, .installationNotOwned), (200, "{}", .installationNotOwned),
            (403, "{}", .installationOwnerUnknown("")), (500, "{}", .noToken("HTTP 500 without an account")),
            (200, "<html>", .noToken("HTTP 200 without an account")),
        ] as [(Int, String, ConnectRefusal.Reason?)])
    func `on a person's account it is theirs by the account's ID`(
        status: Int, answer: String, why: ConnectRefusal.Reason?
    ) throws {
        let (call, found) = try refusal(Self.person, status, answer)
        #expect(call.url == "https://api.hub.example/user" && call.method == .get)
        #expect(call.headers.contains { $0.name == "authorization" && $0.value == "Bearer t" })
        #expect(found == why)
    }

    @Test(
        arguments: [
            (200, #"{"state":"active","role":"admin","organization":{"id":9}}"#, nil),
            (200, #"{"state":"active","role":"member","organization":{"id":9}}"#, .installationNotOwned),
            (200, #"{"state":"pending","role":"admin","organization":{"id":9}}"#, .installationNotOwned),
            (200, #"{"state":"active","role":"admin","organization":{"id":10}}"#, .installationNotOwned),
            (200, #"{"state":"active","role":"admin"}"#, .installationNotOwned),
            (200, #"{"role":"admin","organization":{"id":9}}"#, .installationNotOwned),
            (403, "{}", .installationOwnerUnknown("Members: read-only")),
            (404, "{}", .installationOwnerUnknown("Members: read-only")),
        ] as [(Int, String, ConnectRefusal.Reason?)])
    func `on an organization's account it belongs to its active admins, and a no says which permission may lack`(
        status: Int, answer: String, why: ConnectRefusal.Reason?
    ) throws {
        let (call, found) = try refusal(Self.company, status, answer)
        #expect(call.url == "https://api.hub.example/user/memberships/orgs/acme-1")
        #expect(found == why)
        if case .installationOwnerUnknown? = found {
            #expect(ConnectRefusal(found ?? .unexpected).explanation.contains("Members: read-only"))
        }
    }

    @Test(arguments: [
        #"{"id":42,"target_type":"Enterprise","account":{"id":9,"login":"acme"}}"#,
        #"{"id":42,"account":{"id":9,"login":"acme"}}"#, #"{"id":42,"target_type":7}"#,
        // What stands in an address is one segment of its path and nothing else.
        #"{"id":42,"target_type":"Organization","account":{"id":9,"login":"../../user?x="}}"#,
        #"{"id":42,"target_type":"Organization","account":{"id":9,"login":".."}}"#,
        #"{"id":42,"target_type":"Organization","account":{"id":9}}"#,
    ])
    func `an account that nobody can be asked about connects nobody`(installation: String) throws {
        #expect(throws: ConnectRefusal(.installationAccountUnknown)) {
            try owner().nextStep(for: json(installation), token: "t", values: [:])
        }
    }

    @Test func `an entry without questions takes whoever sees the installation`() throws {
        guard case .nothing = try owner("").nextStep(for: json("{}"), token: "t", values: [:]) else { throw Missing() }
    }

    @Test func `what is wrong with the questions is said`() {
        func problems(_ text: String) -> String { file(text).problems.map(\.description).joined(separator: "\n") }
        let none = problems("    owner: {kinds: {}}")
        #expect(none.contains("kind_at: is missing") && none.contains("has no question"))
        let bare = problems("    owner: {kind_at: t, kinds: {User: {ask: \"https://hub.example/{who}\", sames: {}}}}")
        #expect(bare.contains("same: is missing") && bare.contains("has no \"who\"") && bare.contains("sames"))
        let host = problems(
            "    owner: {kind_at: t, kinds: {User: {ask: \"https://hub.{login}/me\", names: {login: a}, same: {id: id}}}}"
        )
        #expect(host.contains("must not let \"login\" end the host"))
        let field = problems(
            "    owner: {kind_at: t, kinds: {User: {ask: \"https://hub.example\", names: {appClientId: a}, same: {id: id}}}}"
        )
        #expect(field.contains("is a field of the entry already"))
        // A name stands for something in the question that declares it, and nowhere else.
        let other = problems(
            """
                owner:
                  kind_at: t
                  kinds:
                    User: {ask: "https://hub.example/{login}", names: {login: a}, same: {id: id}}
                    Organization: {ask: "https://hub.example/orgs/{login}", same: {id: id}}
            """)
        #expect(other.contains("has no \"login\", which https://hub.example/orgs/{login} asks for"))
    }
}
