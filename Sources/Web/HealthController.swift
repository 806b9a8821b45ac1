import Hummingbird
import Storage

/// Probes: whether the process answers, and whether it can do its work.
struct HealthController {
    let site: Site

    func alive(_ request: Request, _ context: SiteContext) async throws -> Response { .text("ok\n") }

    func ready(_ request: Request, _ context: SiteContext) async throws -> Response {
        try site.store.probe()
        return .text("ready\n")
    }
}
