import Foundation
import HTTPTypes
import OAuth
import Portal
import Storage
import Testing
import Web

@Suite struct IsolationTests {
    @Test func `Case 139: every route with an object in its path is in the matrix`() async throws {
        let site = try await TestSite(isDemo: true, hasCast: false)
        let served = Set(site.site.routeTable().filter { $0.path.contains("{") }.map { "\($0.method) \($0.path)" })
        let known = Set(IsolationRoute.all.map(\.description))
        #expect(known.count == IsolationRoute.all.count, "a route is in the matrix twice")
        #expect(served.subtracting(known) == [], "say in IsolationMatrix.swift whose these are")
        #expect(known.subtracting(served) == [], "these are served no more")
    }

    @Test func `Case 139: Lin's objects are like nothing to strangers, Mallory and Grace, whatever the route`()
        async throws
    {
        let world = try await IsolationWorld()
        for caller in try await world.callers() {
            for route in IsolationRoute.all {
                guard case .hidden(let status) = route.rule, !caller.mayReach(route) else { continue }
                let real = try await caller.answer(to: route, on: world.lins)
                let missing = try await caller.answer(to: route, on: .missing)
                let unknown = caller.isMachine(route) ? 401 : 303
                let bringsNothing = caller.isStranger || (caller.isMachine(route) && caller.token == nil)
                let expected = bringsNothing ? unknown : status
                #expect(real.status == expected, "\(caller.name): \(route)")
                let text = world.text(of: real, objects: world.lins)
                #expect(text == world.text(of: missing, objects: .missing), "\(caller.name): \(route)")
                #expect(!caller.isStranger || caller.isMachine(route) || real.location?.hasPrefix("/login") == true)
            }
        }
        try await world.expectUntouched()
    }

    @Test func `Case 140: Lin's object below one's own tenant or app is like nothing too`() async throws {
        let world = try await IsolationWorld()
        for caller in try await world.callers() where !caller.isStranger && caller.token != nil {
            var own = world.lins.replacing("tenant", by: caller.tenant)
            if let app = caller.app { own = own.replacing("app", by: app) }
            for route in IsolationRoute.all {
                guard case .hidden = route.rule,
                    let child = IsolationObjects.ofTenants.first(
                        where: {
                            route.path.contains("{\($0)}")
                        }), child != "secret" || caller.app != nil
                else { continue }
                let none = own.replacing(child, by: IsolationObjects.missing.values[child])
                let real = try await caller.answer(to: route, on: own)
                let missing = try await caller.answer(to: route, on: none)
                // A member's token may not write at all.
                let mayNotWrite = child == "contact" && route.method != "GET" && caller.name == "Grace"
                let isRefused = mayNotWrite || caller.isRefusedBelowOwn(route)
                #expect(real.status == (isRefused ? 403 : 404), "\(caller.name): \(route)")
                #expect(world.text(of: real, objects: own) == world.text(of: missing, objects: none), "\(route)")
            }
        }
        try await world.expectUntouched()
    }

    @Test func `Case 139: a member of the tenant itself sees what members may, and changes nothing`() async throws {
        let world = try await IsolationWorld()
        let grace = try world.site.cast.grace.person.id
        try await world.site.store.addMember(
            grace, to: try world.site.cast.northwind.id, as: .member, at: world.site.clock.now)
        let caller = try #require(try await world.callers().first { $0.name == "Grace" })
        for route in IsolationRoute.all where route.path.hasPrefix("/t/{tenant}") && !caller.isMachine(route) {
            guard case .hidden = route.rule, route.description != "POST /t/{tenant}/leave" else { continue }
            let answer = try await caller.answer(to: route, on: world.lins)
            let isLins = route.path.contains("{request}")
            let isForm = route.description == "POST /t/{tenant}/requests"
            // A member's own test token: the POSTs lead back to the page.
            let isOwn = route.method == "POST" && route.path.contains("/test-token")
            let expected = route.isForAdmins || isForm ? 403 : isLins ? 404 : isOwn ? 303 : 200
            #expect(answer.status == expected, "\(route): \(answer.status)")
        }
        try await world.expectUntouched()
    }

    @Test func `Case 139: what a tenant publishes names neither its people nor its data`() async throws {
        let world = try await IsolationWorld()
        let lin = try world.site.cast.lin
        for caller in try await world.callers() {
            for route in IsolationRoute.all where route.path.contains("{tenant}") {
                guard case .published = route.rule else { continue }
                let answer = try await caller.answer(to: route, on: world.lins)
                #expect(answer.status < 500)
                for secret in [lin.email, world.contactName] { #expect(!answer.contains(secret), "\(route)") }
                let nowhere = try await caller.answer(to: route, on: .missing)
                #expect(nowhere.status == 404 || nowhere.status == 303, "\(caller.name): \(route)")
            }
        }
    }

    @Test func `Case 139: links that were never sent are alike, and the demo's pages are not served elsewhere`()
        async throws
    {
        let world = try await IsolationWorld()
        let stranger = try #require(try await world.callers().first { $0.isStranger })
        func objects() -> IsolationObjects {
            world.lins.replacing("link", by: Secret<MailLink>.random().reveal()).replacing("exhibit", by: "landing")
        }
        for route in IsolationRoute.all where route.path.contains("{link}") || route.path.hasPrefix("/de") {
            let (one, other) = (objects(), objects())
            let answer = try await stranger.answer(to: route, on: one)
            #expect(answer.status >= 400 && answer.status < 500 || route.path.contains("{link}"), "\(route)")
            let text = world.text(of: answer, objects: one)
            #expect(text == world.text(of: try await stranger.answer(to: route, on: other), objects: other))
        }
    }

    @Test func `Case 154: a file name below a page of one's own is nothing`() async throws {
        let site = try await TestSite()
        let ada = try await site.browser(signedInAs: site.cast.ada)
        for path in ["/account/x.css", "/account.css", "/dashboard/app.js", "/tokens/new/x.png", "/t/acme/x.css"] {
            #expect(try await ada.get(path).status == 404, "\(path)")
        }
    }
}
