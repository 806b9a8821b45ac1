import OAuth
import Portal
import Storage
import Testing

@Suite struct SetupTests {
    static let olga = [("name", "Olga"), ("email", "olga@gatewright.example"), ("password", "Olga likes order")]

    private func fresh() async throws -> (TestSite, String) {
        let site = try await TestSite(hasCast: false)
        let code = Secret<SetupCode>.random()
        try await site.store.offerSetup(with: code, at: site.clock.now)
        return (site, code.reveal())
    }

    @Test func `Case 182: the first operator needs the code from the console, and there is one only`() async throws {
        let (site, code) = try await fresh()
        let browser = site.browser()
        #expect(try site.engine.read { try $0.rows("SELECT id FROM people").isEmpty }, "no default account")
        for wrong in ["", "0000", "gw_su_", Secret<SetupCode>.random().reveal()] {
            let answer = try await browser.submit("/setup", Self.olga + [("code", wrong)])
            #expect(answer.status == 422)
            #expect(answer.contains("This is not the code"))
        }
        #expect(try !site.store.hasOperator())
        let answer = try await browser.submit("/setup", Self.olga + [("code", " \(code) ")])
        #expect(answer.status == 303)
        #expect(try await browser.get("/operator").status == 200)
        #expect(try await site.browser().get("/setup").status == 404)
        let csrf = try #require(try await browser.get("/account").csrf)
        let again = [("name", "Mallory"), ("email", "m@globex.example"), ("password", "Mallory wants in")]
        #expect(try await browser.post("/setup", again + [("code", code), ("csrf", csrf)]).status == 404)
    }

    @Test func `Case 182: of two at the same moment one becomes the operator`() async throws {
        let (site, code) = try await fresh()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let fields = [
                        ("name", "Olga"), ("email", "olga\(number)@gatewright.example"),
                        ("password", "Olga likes order"), ("code", code),
                    ]
                    let browser = site.browser()
                    let csrf = try await browser.get("/login").csrf ?? ""
                    return try await browser.post("/setup", fields + [("csrf", csrf)]).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 303 } == 1)
        #expect(try site.engine.read { try $0.rows("SELECT person_id FROM operators").count } == 1)
        #expect(try site.engine.read { try $0.rows("SELECT id FROM people").count } == 1)
    }

    @Test func `Case 182: set-up codes cannot be tried without end`() async throws {
        let (site, code) = try await fresh()
        let browser = site.browser()
        for _ in 0..<10 {
            let wrong = Secret<SetupCode>.random().reveal()
            #expect(try await browser.submit("/setup", Self.olga + [("code", wrong)]).status == 422)
        }
        #expect(try await browser.submit("/setup", Self.olga + [("code", code)]).status == 429)
        site.clock.move(by: 901)
        #expect(try await browser.submit("/setup", Self.olga + [("code", code)]).status == 303)
    }

    @Test func `Case 182: an installation that has an operator has no set-up`() async throws {
        let site = try await TestSite()
        #expect(try await site.browser().get("/setup").status == 404)
    }
}
