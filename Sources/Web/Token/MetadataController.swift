import Hummingbird
import OAuth
import Portal
import Storage

/// Authorization server metadata (RFC 8414), one document per tenant.
struct MetadataController {
    let site: Site

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let tenant = try site.liveTenant(context)
        let scopes = ScopeSet(try site.store.scopeCatalogue().map(\.scope))
        var response = Response.json(
            bytes: AuthorizationServerMetadata(issuer: site.issuer(of: tenant), scopes: scopes).json())
        response.headers[.cacheControl] = "public, max-age=300"
        return response
    }
}
