import Hummingbird
import OAuth
import Portal

/// `GET /v2/me` and its twins at a tenant's address: who the token stands for.
struct MeController {
    let site: Site

    func portal(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await site.api(request, context, needs: .accountRead) { .json(Me(access: $0, site: site)) }
    }

    func tenant(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try site.slug(context)
        return try await site.api(request, context, needs: .accountRead, at: slug) { .json(Me(access: $0, site: site)) }
    }
}

extension Site {
    /// `meta.user_uri`: where the caller's own record is.
    func userURI(of access: Access) -> String {
        issuer(of: access.member.tenant) + "/api/v1/people/me"
    }
}

private struct Me: JSONWritable {
    let access: Access
    let site: Site

    func write(to json: inout JSONWriter) {
        let member = access.member
        json.object {
            $0.field("id", member.person.id.text)
            $0.field("name", member.person.name)
            $0.field("email", member.person.email)
            $0.field("role", member.role.rawValue)
            $0.key("account")
            $0.object {
                $0.field("id", member.tenant.id.text)
                $0.field("slug", member.tenant.slug.text)
                $0.field("name", member.tenant.name)
            }
            $0.key("scopes")
            $0.array { array in for scope in access.scopes.sorted { array.string(scope.text) } }
            $0.key("meta")
            $0.object { $0.field("user_uri", site.userURI(of: access)) }
        }
    }
}
