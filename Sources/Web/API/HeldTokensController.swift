import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/v2.1/token`: the tokens that a caller may see, and ending one.
struct HeldTokensController {
    let site: Site

    func index(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.api(request, context, needs: .accountRead) { access in
            let window = try Window(site.query(request))
            let all = try site.store.heldTokens(seenBy: access, at: site.now())
            return .json(HeldTokenList(all: all, window: window, site: site, access: access))
        }
    }

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.api(request, context, needs: .accountRead) { access in
            let token = try token(context, seenBy: access)
            return .json(HeldTokenList(all: [token], window: .all, site: site, access: access))
        }
    }

    /// Ends the token that the address names.
    func destroy(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.api(request, context, needs: nil) { access in
            let token = try token(context, seenBy: access)
            guard access.mayEnd(token) else { throw Self.mayNot }
            return try await end(token, access, request, context)
        }
    }

    /// Ends the token that the call came with: nobody needs a permission to give one up.
    func destroyOwn(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.api(request, context, needs: nil) { access in
            let all = try site.store.heldTokens(seenBy: access, at: site.now())
            guard let token = all.first(where: access.isHeld) else { throw Self.unknown }
            return try await end(token, access, request, context)
        }
    }

    /// The password grant is not offered, and the answer says what is. The body, which would hold a
    /// password, is not even read.
    func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        .refusal(
            OAuthError(
                .unsupportedGrantType,
                "passwords are never sent here: use the authorization code grant, or a developer token from /tokens"),
            realm: site.settings.base.text)
    }

    private func token(_ context: SiteContext, seenBy access: Access) throws -> HeldToken {
        let asked = context.parameters.get("token") ?? ""
        let all = try site.store.heldTokens(seenBy: access, at: site.now())
        guard let token = all.first(where: { $0.id.utf8.elementsEqual(asked.utf8) }) else { throw Self.unknown }
        return token
    }

    private func end(
        _ token: HeldToken, _ access: Access, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let address = context.clientAddress(of: request, settings: site.settings)
        let person = access.member.person
        switch token.kind {
        case .developer(let id):
            let letter = Letter.tokenRevoked(
                to: person.email, name: person.name, description: token.name, tenant: access.member.tenant.name)
            _ = try await site.store.revoke(id, of: person, letter: letter, from: address, at: site.now())
        case .app(let family, _):
            _ = try await site.store.revoke(family, named: token.name, by: access, from: address, at: site.now())
        }
        return Response(status: .noContent, headers: [.location: "/v2.1/token"])
    }

    private static let unknown = APIRefusal(.notFound, "There is no such token.")

    private static let mayNot = APIRefusal(
        .insufficientScope,
        "A developer token ends other tokens only with the scope default; itself it may always end.",
        challenge: bearerChallenge(
            realm: "api", error: OAuthError(.insufficientScope, "the token lacks a scope"),
            scope: ScopeSet([.default])))
}

/// Which part of a list is asked for (`start` and `resultsperpage`, where 0 is all).
struct Window {
    let start: Int
    let size: Int

    static let all = Window(start: 0, size: 0)

    private init(start: Int, size: Int) {
        self.start = start
        self.size = size
    }

    init(_ query: Form) throws {
        start = try query.number("start", in: 0...1_000_000, default: 0, or: "start must be from 0 to 1000000.")
        size = try query.number(
            "resultsperpage", in: 0...100, default: 20, or: "resultsperpage must be from 0 (all) to 100.")
    }
}

private struct HeldTokenList: JSONWritable {
    let all: [HeldToken]
    let window: Window
    let site: Site
    let access: Access

    func write(to json: inout JSONWriter) {
        let rest = all.dropFirst(window.start)
        let shown = window.size == 0 ? rest : rest.prefix(window.size)
        json.object { object in
            object.key("tokens")
            object.array { array in for token in shown { array.object { write(token, to: &$0) } } }
            object.key("meta")
            object.object { meta in
                meta.field("count", Int64(shown.count))
                meta.field("total", Int64(all.count))
                meta.field("this_page", address(from: window.start))
                let end = window.start + shown.count
                if end < all.count { meta.field("next_page", address(from: end)) }
                if window.start > 0 {
                    let previous = window.size == 0 ? 0 : max(0, window.start - window.size)
                    meta.field("prev_page", address(from: previous))
                }
                meta.field("user_uri", site.userURI(of: access))
            }
        }
    }

    private func write(_ token: HeldToken, to json: inout JSONWriter) {
        json.field("token", token.id)
        if case .app = token.kind { json.field("kind", "app") } else { json.field("kind", "developer") }
        json.field("application", token.name)
        json.field("application_owner", token.owner)
        json.key("scopes")
        json.array { array in for scope in token.scopes.sorted { array.string(scope.text) } }
        json.field("created_date", CivilDate(token.createdAt).iso)
        json.field("last_used_date", token.lastUsedAt.map { CivilDate($0).iso })
        json.field("token_uri", site.url("/v2.1/token/" + token.id))
    }

    private func address(from start: Int) -> String {
        site.url("/v2.1/token?start=\(start)&resultsperpage=\(window.size)")
    }
}
