import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// What client libraries read to find their way: public, cacheable, one document per tenant.
struct MetadataController {
    let site: Site

    /// RFC 8414, under every spelling that clients try for an issuer with a path.
    func authorizationServer(_ request: Request, _ context: SiteContext) async throws -> Response {
        let tenant = try site.liveTenant(context)
        return .published(
            AuthorizationServerMetadata(
                issuer: site.issuer(of: tenant), scopes: try scopes(), documentation: site.url("/scopes")
            ).json())
    }

    /// RFC 9728, for clients that begin at the API.
    func protectedResource(_ request: Request, _ context: SiteContext) async throws -> Response {
        let tenant = try site.liveTenant(context)
        return .published(
            ProtectedResourceMetadata(
                issuer: site.issuer(of: tenant), scopes: try scopes(), documentation: site.url("/scopes")
            ).json())
    }

    private func scopes() throws -> ScopeSet { ScopeSet(try site.store.scopeCatalogue().map(\.scope)) }
}
