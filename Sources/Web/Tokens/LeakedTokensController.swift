import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import Storage

/// `POST /leaked-tokens`: whoever finds a token of ours posts it, in whatever text it stands, and it works no more.
///
/// To hold it is proof enough: its holder could do worse with it. The answer is the same for live, dead and unknown
/// ones, so it is no way to sort stolen tokens.
struct LeakedTokensController {
    let site: Site
    static let largestBody = 64 * 1024

    func report(_ request: Request, _ context: SiteContext) async throws -> Response {
        let now = site.now()
        let address = context.clientAddress(of: request, settings: site.settings)
        if let seconds = site.limiter.count(
            .leakReports, context.network(of: request, settings: site.settings), at: now)
        {
            throw Failure.tooManyRequests(retryAfter: seconds)
        }
        let body = Array(try await request.body.collect(upTo: Self.largestBody).readableBytesView)
        // A report needs no signature; one that comes with it must be right, or somebody pretends to be that service.
        if let signature = request.headers[.partnerSignature] {
            guard site.settings.partnerKey?.signed(body, with: signature) == true else {
                throw Failure.forbidden("The signature is not one of the service that this server knows.")
            }
        }
        let secrets = FoundSecret.all(in: body)
        if !secrets.isEmpty {
            let links = LeakLinks(
                tokens: site.url("/tokens"), apps: site.url("/apps"), authorizedApps: site.url("/account/apps"),
                apis: site.url("/operator/apis"), tenants: site.url("/t"))
            try await site.store.reportLeak(of: secrets, links: links, from: address, at: now)
        }
        return .json(
            Receipt(message: "Thank you. Whatever worked of it is revoked now, and its owner is told."),
            status: .accepted)
    }
}

private struct Receipt: JSONWritable {
    let message: String

    func write(to json: inout JSONWriter) { json.object { $0.field("message", message) } }
}

extension HTTPField.Name {
    static let partnerSignature = known("Github-Public-Key-Signature")
}
