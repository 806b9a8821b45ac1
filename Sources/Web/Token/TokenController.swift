import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OAuth
import Portal
import Storage

/// `POST /t/{tenant}/oauth/token` (RFC 6749 §3.2), with form or JSON bodies.
struct TokenController {
    let site: Site

    func exchange(_ request: Request, _ context: SiteContext) async throws -> Response {
        let tenant = try site.liveTenant(context)
        var body = ParameterList.empty
        var clientID: String?
        do {
            body = try await ClientRequest.parameters(of: request)
            clientID = body.all(.clientID).first
            let sent = try ClientRequest(request, body: body)
            clientID = sent.credentials.clientID.text
            return try await exchange(sent, in: tenant, request, context)
        } catch let error as OAuthError {
            site.note(
                error, of: clientID, body: body, in: tenant,
                from: context.clientAddress(of: request, settings: site.settings))
            site.metrics.noteRefused(error.code)
            return .refusal(error, realm: site.issuer(of: tenant))
        }
    }

    private func exchange(
        _ sent: ClientRequest, in tenant: Tenant, _ request: Request, _ context: SiteContext
    ) async throws -> Response {
        let now = site.now()
        let client = try site.admit(sent.credentials, request, context) {
            try site.store.authenticate(sent.credentials, at: now)
        }
        let wanted = try TokenRequest.read(sent.body)
        let outcome = try await site.store.exchange(
            wanted, by: client, in: tenant, idleLimit: site.settings.refreshIdleLimit,
            letters: { [site] theft in
                Letter.all(about: theft, page: site.url(theft.app.path), allowed: site.url("/account/apps"))
            }, from: context.clientAddress(of: request, settings: site.settings), at: now)
        switch outcome.answer {
        case .success(let answer):
            site.note(wanted, by: client, in: tenant)
            site.metrics.noteIssued(TokenIssue(wanted))
            return .json(bytes: answer.json())
        case .failure(let error):
            context.logger.notice(
                "token request refused",
                metadata: [
                    "app": "\(client.id.text)", "tenant": "\(tenant.slug.text)", "error": "\(error.code.rawValue)",
                    "why": "\(error.sentence)",
                ])
            throw error
        }
    }
}
