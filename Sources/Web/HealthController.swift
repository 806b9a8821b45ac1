import Hummingbird
import OAuth
import Storage

/// Probes: whether the process answers, and whether it can do its work.
struct HealthController {
    let site: Site

    func alive(_ request: Request, _ context: SiteContext) async throws -> Response { .text("ok\n") }

    /// In the words of the broker's wire format.
    func result(_ request: Request, _ context: SiteContext) async throws -> Response {
        .json(bytes: JSONText.object([("result", .string("ok"))]).bytes)
    }

    func ready(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.store.probe()
        return .text("ready\n")
    }
}
