import Foundation
import OAuth
import Portal
import Storage
import Testing

@Suite struct AuditExportTests {
    private func site(named name: String) async throws -> (TestSite, Browser) {
        let site = try await TestSite()
        let member = try #require(try site.store.membership(of: site.cast.ada.person.id, in: site.cast.acme.id))
        try await site.store.record(
            AuditEvent(
                .tenantChanged, by: AuditActor(.person, id: "per_x", name: name), on: .tenant(member.tenant),
                in: member.tenant.id), at: site.clock.now)
        return (site, try await site.browser(signedInAs: site.cast.ada))
    }

    @Test(arguments: [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\u{FF1D}1", "\u{FF0B}1", "\u{FF20}x", " =1", "\n=1",
    ])
    func `Case 262: a cell that would be a formula gets an apostrophe`(name: String) async throws {
        let (_, ada) = try await site(named: name)
        let file = try await ada.get("/t/acme/audit/export?format=csv")
        #expect(file.status == 200)
        #expect(file.header("Content-Type") == "text/csv; charset=utf-8")
        #expect(file.header("Content-Disposition")?.hasPrefix("attachment; filename=\"acme-audit-") == true)
        #expect(file.contains("\"'\(name)\""))
        #expect(!file.contains(",\"\(name)\""))
    }

    @Test func `Case 262: quotes and line breaks are RFC 4180's, and every line has as many cells`() async throws {
        let (_, ada) = try await site(named: "He said \"no\",\r\nthen left")
        let file = try await ada.get("/t/acme/audit/export?format=csv")
        #expect(file.contains("\"He said \"\"no\"\",\r\nthen left\""))
        #expect(file.body.hasPrefix("\"time\",\"number\",") && file.body.hasSuffix("\"\r\n"))
    }

    @Test func `the JSON is JSON, newest first, with the hashes of the chain, and the export itself is recorded`()
        async throws
    {
        let (site, ada) = try await site(named: "Ada \"A\" \u{2028} Lovelace")
        let file = try await ada.get("/t/acme/audit/export?format=json&area=tenant")
        let events = try #require(
            try JSONSerialization.jsonObject(with: Data(file.body.utf8)) as? [[String: Any]])
        #expect(events.first?["action"] as? String == "tenant.log_exported")
        #expect(events.dropFirst().first?["actor"] as? String == "Ada \"A\" \u{2028} Lovelace")
        #expect(events.allSatisfy { ($0["hash"] as? String)?.count == 64 })
        #expect(try site.store.auditChain(of: site.cast.acme.id, newest: 100).findings.isEmpty)
    }

    @Test func `the page narrows, pages and says whether the chain holds`() async throws {
        let (site, ada) = try await site(named: "Ada")
        for number in 0..<60 { _ = try await ada.makeToken("Token number \(number)") }
        let page = try await ada.get("/t/acme/audit")
        #expect(page.contains("follow one another without a gap") && page.contains("Token number 59"))
        #expect(!page.contains("Token number 3<"))
        let next = try #require(page.value(after: "href=\"/t/acme/audit?after="))
        #expect(try await ada.get("/t/acme/audit?after=" + next).contains("Token number 3<"))
        #expect(try await !ada.get("/t/acme/audit?area=member").contains("Token number"))
        #expect(try await ada.get("/t/acme/audit?from=2031-01-01").contains("Nothing matches"))
        #expect(try await ada.get("/t/acme/audit?from=yesterday").status == 422)
        #expect(try await ada.get("/t/acme/audit/export?format=xml").status == 400)
        // Somebody with a hand in the database.
        try await site.engine.write { db in
            try db.run("DROP TRIGGER audit_events_as_written")
            _ = try db.run(
                "UPDATE audit_events SET subject_name = 'Nothing' WHERE action = 'token.created' AND sequence = 30")
        }
        #expect(try await ada.get("/t/acme/audit").contains("Somebody changed the database"))
    }

    @Test func `Case 267: a workspace takes ten files in ten minutes`() async throws {
        let (_, ada) = try await site(named: "Ada")
        for _ in 0..<10 { #expect(try await ada.get("/t/acme/audit/export?format=csv").status == 200) }
        let refused = try await ada.get("/t/acme/audit/export?format=csv")
        #expect(refused.status == 429 && refused.header("Retry-After") != nil)
    }

    @Test func `a word in the place of an ID does not stay in the log, whoever it names`() async throws {
        let (site, ada) = try await site(named: "Ada")
        let olga = try await site.browser(signedInAs: site.cast.olga)
        for word in ["jane_doe", "jane", "per_jane", "xyz_0123456789abcdef", "app_0123456789abcdef_doe"] {
            let narrow = "format=json&actor=\(word)&subject=\(word)"
            #expect(try await ada.get("/t/acme/audit/export?\(narrow)").status == 200)
            let taken = try await olga.get("/operator/audit/export?\(narrow)&tenant=\(word)")
            #expect(taken.status == 200 && taken.body == "[\n]\n")
        }
        let id = "app_0123456789abcdEF"
        _ = try await olga.get("/operator/audit/export?format=json&actor=\(id)&subject=4711&tenant=\(id)")
        let facts = try site.engine.read { db in
            try db.rows("SELECT facts FROM audit_events WHERE action LIKE '%log_exported' ORDER BY position")
                .map { try $0.text("facts") }
        }
        #expect(facts.count == 11)
        for fact in facts.dropLast() {
            #expect(fact.contains("no ID") && !fact.contains("jane") && !fact.contains("xyz") && !fact.contains("doe"))
        }
        #expect(
            facts.last == "{\"actor\":\"\(id)\",\"format\":\"json\",\"subject\":\"4711\",\"workspace\":\"\(id)\"}")
    }

    @Test func `an operator takes everything as a file, narrowed as the page is; others find nothing there`()
        async throws
    {
        let (site, ada) = try await site(named: "=1+1")
        let olga = try await site.browser(signedInAs: site.cast.olga)
        let page = try await olga.get("/operator/audit?area=tenant")
        let path = try #require(page.value(after: "href=\"/operator/audit/export?"))
        #expect(path.contains("area=tenant"))
        let csv = try await olga.get("/operator/audit/export?format=csv")
        #expect(csv.header("Content-Type") == "text/csv; charset=utf-8")
        #expect(csv.header("Content-Disposition")?.hasPrefix("attachment; filename=\"gatewright-audit-") == true)
        #expect(csv.body.split(separator: "\r\n").first?.hasSuffix("\"hash\",\"workspace\",\"workspace id\"") == true)
        let acme = try site.cast.acme.id.text
        #expect(csv.contains("\"'=1+1\"") && csv.contains("\"Acme\",\"\(acme)\""))
        let file = try await olga.get("/operator/audit/export?format=json&tenant=\(acme)")
        let narrowed = try #require(
            try JSONSerialization.jsonObject(with: Data(file.body.utf8)) as? [[String: Any]])
        #expect(!narrowed.isEmpty && narrowed.allSatisfy { $0["workspace"] == nil })
        let whole = try await olga.get("/operator/audit/export?format=json&area=installation")
        let events = try #require(
            try JSONSerialization.jsonObject(with: Data(whole.body.utf8)) as? [[String: Any]])
        #expect(events.first?["action"] as? String == "installation.log_exported")
        #expect(events.first?["workspace_id"] as? String == "")
        // Whoever took one workspace's log and whoever took a day of everybody's are told apart.
        let person = try site.cast.ada.person.id.text
        let day = try await olga.get("/operator/audit/export?format=json&from=2020-01-02&actor=\(person)")
        #expect(day.status == 200)
        let told = try await olga.get("/operator/audit?area=installation")
        for part in ["workspace: \(acme)", "area: installation", "from: 2020-01-02", "actor: \(person)"] {
            #expect(told.contains(part), "\(part)")
        }
        #expect(try await olga.get("/operator/audit/export?format=xml").status == 400)
        #expect(try await olga.get("/operator/audit/export?format=csv&from=soon").status == 400)
        #expect(try await olga.head("/operator/audit/export?format=csv").status == 405)
        #expect(try await ada.get("/operator/audit/export?format=csv").status == 404)
        for _ in 0..<6 { _ = try await olga.get("/operator/audit/export?format=csv") }
        #expect(try await olga.get("/operator/audit/export?format=csv").status == 429)
    }
}
