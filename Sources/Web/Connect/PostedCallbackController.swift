import Hummingbird
import OAuth

/// `/oauth/callback` by POST, for providers whose page posts the answer (`response_mode=form_post`).
///
/// Such a post comes from another site and brings no cookie of ours, so nobody can be known by it and it changes
/// nothing: it leads on to the same callback by GET, and all that counts is checked there.
struct PostedCallbackController {
    let site: Site

    func lead(_ request: Request, _ context: SiteContext) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.longest)
        let list = (try? ParameterList(form: Array(body.readableBytesView))) ?? .empty
        // A token or a profile that came along is not asked for, and does not belong into an address.
        let pairs = list.pairs.filter { !["id_token", "access_token", "user"].contains($0.name) }
            .map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
        let query = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
        guard query.utf8.count <= Self.longest else { throw Failure.tooLarge }
        return ConnectAnswer.openToOpener(.sending(to: site.url(request.uri.path) + query))
    }

    /// What an address may be long, with some room for its path.
    private static let longest = 7 * 1024

    /// Whether a request is one of these: the only posts that another site may send to an address for people.
    static func takes(_ request: Request) -> Bool {
        let path = request.uri.path.utf8
        return request.method == .post
            && (path.elementsEqual("/oauth/callback".utf8) || path.starts(with: "/oauth/callback/".utf8))
    }
}
