import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// `/t/{tenant}/api/v1/people`: the tenant's own list of people.
struct PeopleController {
    let site: Site

    func index(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await call(request, context, needs: .peopleRead) { access in
            let query = site.query(request)
            let limit = try query.number("limit", in: 1...100, default: 10, or: "limit must be from 1 to 100.")
            let cursor = try query.text("__token")
            let start = try cursor.isEmpty ? 0 : position(cursor, of: access)
            let page = try site.store.tenant(of: access.member).contacts(from: start, limit: limit)
            return .json(
                PeopleList(
                    page: page, next: page.next.map { address(of: $0, limit, access) },
                    previous: page.previous.map { address(of: $0, limit, access) }, userURI: site.userURI(of: access)))
        }
    }

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await call(request, context, needs: .peopleRead) { access in
            guard let contact = try site.store.tenant(of: access.member).contact(id(context)) else {
                throw Self.unknown
            }
            return answer(contact, access)
        }
    }

    func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await call(request, context, needs: .peopleWrite) { access in
            let change = try await ContactChange(request)
            let details = try change.newContact()
            let contact = try await site.store.tenant(of: access.member).create(details, at: site.now())
            var response = answer(contact, access)
            response.status = .created
            response.headers[.location] =
                "\(site.issuer(of: access.member.tenant))/api/v1/people/\(contact.id)"
            return response
        }
    }

    func update(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await call(request, context, needs: .peopleWrite) { access in
            let change = try await ContactChange(request)
            let updated = try await site.store.tenant(of: access.member)
                .update(id(context), at: site.now()) { change.apply(to: &$0) }
            guard let updated else { throw Self.unknown }
            return answer(updated, access)
        }
    }

    func destroy(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await call(request, context, needs: .peopleWrite) { access in
            guard try await site.store.tenant(of: access.member).delete(id(context)) else { throw Self.unknown }
            return Response(status: .noContent)
        }
    }

    private func call(
        _ request: Request, _ context: SiteContext, needs scope: Scope, then handle: (Access) async throws -> Response
    ) async throws -> Response {
        try await site.api(request, context, needs: scope, at: site.slug(context), then: handle)
    }

    private func answer(_ contact: Contact, _ access: Access) -> Response {
        .json(PersonAnswer(contact: contact, userURI: site.userURI(of: access)))
    }

    private func id(_ context: SiteContext) throws -> Int64 {
        guard let text = context.parameters.get("contact"), let id = Int64(text), id > 0, String(id) == text
        else { throw Self.unknown }
        return id
    }

    // A cursor is opaque to clients, tenant-bound and authenticated, so that it can be neither edited nor carried
    // elsewhere.

    private func address(of start: Int64, _ limit: Int, _ access: Access) -> String {
        let nonce = nonce(of: start, access)
        return
            "\(access.member.tenant.path)/api/v1/people?limit=\(limit)&__nonce=\(nonce)&__token=\(start).\(nonce)"
    }

    private func position(_ cursor: String, of access: Access) throws -> Int64 {
        let parts = cursor.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        // One spelling of a number: `+3` and `03` are not what this list gave out.
        guard parts.count == 2, let start = Int64(String(decoding: parts[0], as: UTF8.self)),
            String(start).utf8.elementsEqual(parts[0]),
            ConstantTime.equal(nonce(of: start, access).utf8, parts[1])
        else {
            throw APIRefusal(
                .badRequest, "__token is not one that this list gave out; follow next and prev as they are.")
        }
        return start
    }

    private func nonce(of start: Int64, _ access: Access) -> String {
        String(site.store.signature(of: "\(access.member.tenant.id.text) \(start)", for: "people-cursor").prefix(24))
    }

    private static let unknown = APIRefusal(.notFound, "There is no such person.")
}
