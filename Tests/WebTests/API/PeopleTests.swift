import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct PeopleAPITests {
    private struct API {
        let site: TestSite
        let token: String

        init(_ site: TestSite, at tenant: String = "acme", as somebody: Cast.Somebody) async throws {
            self.site = site
            token = try await site.browser(signedInAs: somebody).makeToken(
                scopes: ["account:read", "people:read", "people:write"], at: tenant
            ).token
        }

        func send(_ method: HTTPRequest.Method, _ path: String, _ body: String = "") async throws -> Answer {
            let headers = [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")]
            return try await site.send(method, path, headers: headers, body: Array(body.utf8))
        }

        func create(_ name: String) async throws -> Int {
            let answer = try await send(.post, "/t/acme/api/v1/people", #"{"first_name":"\#(name)"}"#)
            return try #require((answer.json["person"] as? [String: Any])?["id"] as? Int, "\(answer.body)")
        }
    }

    private static let people = "/t/acme/api/v1/people"

    @Test func `A person is made, read, changed and deleted`() async throws {
        let site = try await TestSite()
        let api = try await API(site, as: site.cast.ada)
        let made = try await api.send(
            .post, Self.people,
            #"{"first_name":"Mei","last_name":"Ōta","email":"mei@example.org","tags":"choir, alto"}"#)
        #expect(made.status == 201, "\(made.body)")
        let person = try #require(made.json["person"] as? [String: Any])
        let id = try #require(person["id"] as? Int)
        let path = "\(Self.people)/\(id)"
        #expect(made.location == "http://127.0.0.1:8080" + path)
        #expect(person["last_name"] as? String == "Ōta" && person["tags"] as? [String] == ["choir", "alto"])
        #expect(person["phone"] is NSNull && person["created_at"] as? Int == Int(site.clock.now.seconds))
        site.clock.move(by: 5)
        let changed = try await api.send(.patch, path, #"{"phone":"+31 20 1234567","email":""}"#)
        let after = try #require(changed.json["person"] as? [String: Any])
        #expect(changed.status == 200 && after["first_name"] as? String == "Mei" && after["email"] is NSNull)
        #expect(after["updated_at"] as? Int == Int(site.clock.now.seconds))
        #expect(try await api.send(.put, path, #"{"first_name":"May"}"#).status == 200)
        let read = try await api.send(.get, path).json["person"] as? [String: Any]
        #expect(read?["first_name"] as? String == "May" && read?["phone"] as? String == "+31 20 1234567")
        let gone = try await api.send(.delete, path)
        #expect(gone.status == 204 && gone.body.isEmpty)
        for method in [HTTPRequest.Method.get, .delete] { #expect(try await api.send(method, path).status == 404) }
        #expect(try await api.send(.put, path, #"{"first_name":"x"}"#).error == "not_found")
    }

    @Test(arguments: [
        ("{}", 422), (#"{"first_name":""}"#, 422), (#"{"email":"nonsense"}"#, 422), (#"{"first_name":"a\nb"}"#, 422),
        (#"{"first_name":1}"#, 400), ("[]", 400), ("{", 400), (#"{"first_name":"a","first_name":"b"}"#, 400),
    ])
    func `What cannot be saved is refused with a reason`(body: String, status: Int) async throws {
        let site = try await TestSite()
        let answer = try await API(site, as: site.cast.ada).send(.post, Self.people, body)
        #expect(answer.status == status && answer.error != nil && answer.json["message"] is String, "\(answer.body)")
    }

    @Test func `Only JSON is taken, and only so much of it`() async throws {
        let site = try await TestSite()
        let api = try await API(site, as: site.cast.ada)
        let bearer = ("Authorization", "Bearer \(api.token)")
        let form = try await site.send(
            .post, Self.people, headers: [bearer, TestSite.form], body: Array("first_name=x".utf8))
        #expect(form.status == 415)
        let long = #"{"first_name":"\#(String(repeating: "x", count: 70_000))"}"#
        #expect(try await api.send(.post, Self.people, long).status == 413)
    }

    @Test func `next and prev walk the list there and back`() async throws {
        let site = try await TestSite()
        let api = try await API(site, as: site.cast.ada)
        for number in 0..<7 { _ = try await api.create("Singer \(number)") }
        func walk(_ name: String, from start: String) async throws -> [[Int]] {
            var (pages, path) = ([[Int]](), start as String?)
            while let current = path, pages.count < 100 {
                let answer = try await api.send(.get, current)
                #expect(answer.status == 200, "\(answer.body)")
                pages.append((answer.json["results"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int })
                path = answer.json[name] as? String
                if path == nil { last = current }
            }
            return pages
        }
        var last = ""
        let forth = try await walk("next", from: Self.people + "?limit=3")
        #expect(forth.count >= 3 && forth.dropLast().allSatisfy { $0.count == 3 })
        #expect(forth.flatMap { $0 } == Array(Set(forth.flatMap { $0 })).sorted())
        let back = try await walk("prev", from: last)
        #expect(Array(back.reversed()) == forth)
        let first = try await api.send(.get, Self.people + "?limit=3")
        #expect(first.json["prev"] is NSNull)
    }

    @Test func `every answer says who asked`() async throws {
        let site = try await TestSite()
        let api = try await API(site, as: site.cast.ada)
        let id = try await api.create("Mei")
        for path in [Self.people, "\(Self.people)/\(id)", "/v2/me", "/t/acme/api/v1/me"] {
            let answer = try await api.send(.get, path)
            let uri = (answer.json["meta"] as? [String: Any])?["user_uri"] as? String
            #expect(uri == "http://127.0.0.1:8080/t/acme/api/v1/people/me", "\(path)")
        }
        let me = try await api.send(.get, "/t/acme/api/v1/people/me").json
        #expect(me["email"] as? String == "ada@acme.example" && me["role"] as? String == "admin")
        #expect((me["account"] as? [String: Any])?["slug"] as? String == "acme")
        #expect(me["scopes"] as? [String] == ["account:read", "people:read", "people:write"])
    }

    @Test func `Case 149: a cursor that was edited, made up or another tenant's is refused`() async throws {
        let site = try await TestSite()
        let api = try await API(site, as: site.cast.ada)
        for number in 0..<5 { _ = try await api.create("Singer \(number)") }
        let next = try #require(try await api.send(.get, Self.people + "?limit=2").json["next"] as? String)
        let cursor = try #require(URLComponents(string: next)?.queryItems?.first { $0.name == "__token" }?.value)
        let parts = cursor.split(separator: ".").map(String.init)
        try #require(parts.count == 2)
        for forged in [
            "\((Int(parts[0]) ?? 0) + 1).\(parts[1])", parts[0], "\(parts[0]).", ".\(parts[1])", "\(cursor)0", "1.0",
            "99999999999999999999.\(parts[1])", "-1.\(parts[1])", "0' OR 1=1--.x", "\(cursor)x",
        ] {
            let answer = try await api.send(.get, "\(Self.people)?limit=2&__token=\(Browser.encode(forged))")
            #expect(answer.status == 400 && answer.error == "bad_request", "\(forged)")
        }
        let mallory = try await API(site, at: "globex", as: site.cast.mallory)
        let carried = try await mallory.send(.get, "/t/globex/api/v1/people?limit=2&__token=\(cursor)")
        #expect(carried.status == 400)
        for limit in ["0", "101", "-1", "99999999999999999999", "x", "1e3"] {
            #expect(try await api.send(.get, "\(Self.people)?limit=\(limit)").status == 400, "\(limit)")
        }
    }

    @Test(arguments: ["0", "-1", "abc", "99999999999999999999", "1.5", "9223372036854775807"])
    func `A number that names nobody is 404`(id: String) async throws {
        let site = try await TestSite()
        let answer = try await API(site, as: site.cast.ada).send(.get, "\(Self.people)/\(id)")
        #expect(answer.status == 404 && answer.error == "not_found")
    }

    @Test func `A method that an address does not know is 405 in JSON, with what it does`() async throws {
        let site = try await TestSite()
        let answer = try await site.send(.delete, Self.people)
        #expect(answer.status == 405 && answer.error == "method_not_allowed")
        #expect(answer.header("Allow") == "GET, HEAD, POST")
    }
}
