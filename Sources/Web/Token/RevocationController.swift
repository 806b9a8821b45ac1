import Hummingbird
import OAuth
import Portal
import Storage

/// `POST /t/{tenant}/oauth/revoke` (RFC 7009). 200 means that the token works no more, now and after a power cut.
struct RevocationController {
    let site: Site

    func revoke(_ request: Request, _ context: SiteContext) async throws -> Response {
        let tenant = try site.liveTenant(context)
        do {
            let sent = try await ClientRequest(request)
            let now = site.now()
            let client = try site.admit(sent.credentials, request, context) {
                try site.store.authenticate(sent.credentials, at: now)
            }
            let outcome = try await site.store.revoke(
                try RevocationRequest.read(sent.body), by: client, in: tenant,
                from: context.clientAddress(of: request, settings: site.settings), at: now)
            if let refusal = outcome.refusal { throw refusal }
            return Response(status: .ok)
        } catch let error as OAuthError {
            return .refusal(error, realm: site.issuer(of: tenant))
        }
    }
}
