import Broker
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite("How often a secret key may call")
struct RateTests {
    @Test func `each key has a limit of its own, and every answer says how far it is`() async throws {
        let world = try await BrokerWorld(rate: 3)
        let other = Secret<EnvironmentKey>.random()
        _ = try await world.store.addKey(
            other, EnvironmentKeyDraft(name: "Other"), to: world.environment, by: .system, at: world.site.clock.now)
        for left in [2, 1, 0] as [Int64] {
            let answer = try await world.call(.get, left == 1 ? "/connections/nobody" : "/connections")
            #expect(answer.header("X-RateLimit-Limit") == "3" && answer.header("X-RateLimit-Remaining") == "\(left)")
            let reset = try #require(answer.header("X-RateLimit-Reset").flatMap { Int64($0) })
            #expect(reset == world.site.clock.now.seconds + 20 * (3 - left))
        }
        let nested = try await world.call(.get, "/connections")
        #expect(nested.status == 429 && nested.member("error.code") == "rate_limited")
        #expect(nested.header("Retry-After") == "20" && nested.header("X-RateLimit-Remaining") == "0")
        let flat = try await world.call(.get, "/connection")
        #expect(flat.status == 429 && flat.member("type") == "rate_limited" && flat.header("Retry-After") == "20")
        #expect(try await world.call(.get, "/connections", key: other.reveal()).status == 200)
        world.site.clock.move(by: 20)
        #expect(try await world.call(.get, "/connections").status == 200)
        #expect(try await world.call(.get, "/connections").status == 429)
    }

    @Test func `an operator may set no limit, and keys that open nothing are slowed down`() async throws {
        let world = try await BrokerWorld(rate: 0)
        #expect(try await world.call(.get, "/connections").header("X-RateLimit-Limit") == nil)
        for _ in 0..<60 {
            let wrong = Secret<EnvironmentKey>.random().reveal()
            #expect(try await world.call(.get, "/connections", key: wrong).status == 401)
        }
        let wrong = Secret<EnvironmentKey>.random().reveal()
        #expect(try await world.call(.get, "/connections", key: wrong).status == 429)
        #expect(try await world.call(.get, "/connections").status == 200)
    }
}
