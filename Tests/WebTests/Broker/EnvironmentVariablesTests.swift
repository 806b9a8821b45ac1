import Broker
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("Broker · environment variables in the portal")
struct EnvironmentVariablesTests {
    private static let page = "/t/acme/env/dev/settings/variables"

    /// Of the form that stands open in an answer.
    private func version(in answer: Answer) throws -> String { try #require(answer.hidden("version")) }

    @Test func `variables are typed, fetched by the backend, masked, and shown again with a note in the log`()
        async throws
    {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let settings = try await ada.get("/t/acme/env/dev/settings")
        #expect(settings.contains("href=\"\(Self.page)\"") && settings.contains("Add variables"))
        let first = try await ada.get(Self.page)
        #expect(first.contains("id=\"field-variables\"") && !first.contains("••••"))
        let saved = try await ada.submit(
            Self.page,
            ["variables": "API_REGION=eu\r\nREPORT_SECRET=fjord <candle>\r\n", "version": version(in: first)])
        #expect(saved.location == Self.page)
        #expect(
            try await world.call(.get, "/environment-variables").body
                == #"[{"name":"API_REGION","value":"eu"},{"name":"REPORT_SECRET","value":"fjord \u003ccandle\u003e"}]"#)

        let masked = try await ada.get(Self.page)
        #expect(masked.contains("REPORT_SECRET") && masked.contains("••••") && !masked.contains("fjord"))
        #expect(!masked.contains("id=\"field-variables\""))
        #expect(try await ada.get("/t/acme/env/dev/settings").contains("There are 2 variables."))
        #expect(!(try await ada.get(Self.page).contains("name=\"version\"")))
        let shown = try await ada.submit(Self.page + "/reveal", on: Self.page)
        #expect(shown.contains("REPORT_SECRET=fjord &lt;candle&gt;</textarea>"))
        let version = try version(in: shown)
        #expect(
            try await ada.submit(Self.page, ["variables": "API_REGION=us", "version": version], on: Self.page).location
                == Self.page)
        #expect(
            try await world.call(.get, "/environment-variables").body == #"[{"name":"API_REGION","value":"us"}]"#)
        // Whoever still has the page from before is told, and keeps what was typed.
        let late = try await ada.submit(
            Self.page, ["variables": "API_REGION=late", "version": version], on: Self.page)
        #expect(late.status == 422 && late.contains("Somebody changed them") && late.contains("API_REGION=late"))
        #expect(try world.store.variables(of: world.environment).all.map(\.value) == ["us"])

        let log = try await ada.get("/t/acme/audit?area=environment")
        #expect(log.contains("Looked at environment variables") && log.contains("Changed environment variables"))
        #expect(log.contains("REPORT_SECRET") && !log.contains("fjord"))
    }

    @Test func `each line that is wrong is named, what was typed stays, and nothing is stored`() async throws {
        let world = try await BrokerWorld()
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        let typed = "GOOD=1\nnot a line\n2BAD=x\nGOOD=2"
        let refused = try await ada.submit(Self.page, ["variables": typed, "version": "0"])
        #expect(refused.status == 422 && refused.contains("Error: "))
        for sentence in ["Line 2: Write a name", "Line 3: A name has", "Line 4: The name stands on line 1"] {
            #expect(refused.body.split(separator: sentence, omittingEmptySubsequences: false).count == 3, "\(sentence)")
        }
        #expect(refused.contains("not a line\n2BAD=x") && refused.contains("aria-invalid=\"true\""))
        #expect(try await world.call(.get, "/environment-variables").body == "[]")
        let many = (0..<130).map { "no \($0)" }.joined(separator: "\n")
        #expect(
            try await ada.submit(Self.page, ["variables": many, "version": "0"]).contains("And 120 mistakes more."))
        for version in ["", "x", "-1", "99999999999999999999"] {
            let stale = try await ada.submit(Self.page, ["variables": "A=1", "version": version])
            #expect(stale.status == 422 && stale.contains("Somebody changed them"), "\(version)")
        }
    }

    @Test func `members and strangers see nothing of them, and an old proof is asked for again`() async throws {
        let world = try await BrokerWorld()
        let variables = EnvironmentVariable.read("A=fjord").variables
        _ = try await world.store.setVariables(
            variables, replacing: 0, of: world.environment, by: .system, at: world.site.clock.now)
        let grace = try await world.site.browser(signedInAs: world.site.cast.grace)
        let mallory = try await world.site.browser(signedInAs: world.site.cast.mallory)
        #expect(try await grace.get(Self.page).status == 403)
        #expect(try await mallory.get(Self.page).status == 404)
        #expect(try await grace.submit(Self.page + "/reveal", on: "/account").status == 403)
        #expect(try await mallory.submit(Self.page + "/reveal", on: "/account").status == 404)
        let ada = try await world.site.browser(signedInAs: world.site.cast.ada)
        world.site.clock.move(by: 3600)
        let asked = try await ada.submit(Self.page + "/reveal", on: "/account")
        #expect(asked.status == 403 && !asked.contains("fjord"))
        let typed = try await ada.submit(Self.page, ["variables": "A=new", "version": "1"], on: "/account")
        let kept = try #require(typed.hidden("kept"))
        #expect(typed.status == 403 && !kept.contains("new"))
        let done = try await ada.post(
            Self.page,
            [
                ("kept", kept), ("csrf", typed.csrf ?? ""), ("confirm_password", try world.site.cast.ada.password),
                ("confirm_code", ""),
            ])
        #expect(done.location == Self.page)
        #expect(try world.store.variables(of: world.environment).all.map(\.value) == ["new"])
    }
}
