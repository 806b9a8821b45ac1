import HTTPTypes
import Hummingbird

/// `/sdk/…`: the one file that a page of another origin loads, and its types.
struct SDKController {
    let site: Site
    private let shelf: AssetShelf

    init(site: Site) {
        self.site = site
        shelf = AssetShelf(folder: site.settings.publicFolder + "/sdk", rereads: site.settings.isDemo)
    }

    /// Any page may load it, as a script or as a module. Asked for again after five minutes: pages name no version.
    func file(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let file = shelf.file(named: context.parameters.get("file") ?? "") else { throw Failure.notFound }
        return Response(
            status: .ok,
            headers: [
                .contentType: file.contentType, .cacheControl: "public, max-age=300",
                .accessControlAllowOrigin: "*", .known("Cross-Origin-Resource-Policy"): "cross-origin",
            ],
            body: ResponseBody(byteBuffer: file.bytes))
    }
}
