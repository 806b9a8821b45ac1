import HTTPTypes
import Hummingbird
import OAuth
import Storage

/// `GET /metrics`, for Prometheus and whatever reads its format.
struct MetricsController {
    let site: Site

    func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        // As if it were not there: how busy an installation is, and with what, is nobody else's business.
        guard mayRead(request, context) else { throw Failure.notFound }
        var text = MetricsText()
        site.metrics.write(to: &text)
        text.begin(
            "gatewright_traces_dropped_total", .counter, "Traces of the broker's activity that had no room to wait in.")
        text.sample(site.store.droppedTraces)
        write(try site.store.gauges(), at: site.now(), to: &text)
        var response = Response.text(text.text)
        response.headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
        return response
    }

    private func write(_ gauges: Gauges, at now: Instant, to text: inout MetricsText) {
        text.gauge("gatewright_outbox_letters", gauges.mailWaiting, "Letters that wait to be sent.")
        text.gauge(
            "gatewright_outbox_oldest_seconds", gauges.oldestMail.map { max(0, now - $0) } ?? 0,
            "How long the oldest letter has waited; 0 when none does.")
        text.gauge(
            "gatewright_sealing_key_age_seconds", gauges.activeKeySince.map { max(0, now - $0) } ?? 0,
            "Since the key in use was made.")
        text.gauge("gatewright_database_bytes", gauges.databaseSize, "Size of the database, without its log.")
        text.gauge("gatewright_waiting_writers", gauges.waitingWriters, "Transactions that wait for a commit.")
        text.gauge("gatewright_audit_events", gauges.auditEvents, "Events in the audit log.")
        if let sweep = site.lastSweep.value {
            text.gauge("gatewright_last_sweep_seconds", max(0, now - sweep), "Since what had expired was last deleted.")
        }
    }

    /// Only those that the operator named, and of these whoever is on this computer only by one of its own names: what
    /// comes by the public name came through a proxy, for somebody else.
    private func mayRead(_ request: Request, _ context: SiteContext) -> Bool {
        let peer = context.peerAddress ?? ""
        let isForwarded = request.headers.contains(.xForwardedFor)
        guard !isForwarded || site.settings.trustedProxies.contains(peer) else { return false }
        let reader = context.clientAddress(of: request, settings: site.settings)
        guard site.settings.metricsReaders.contains(reader) else { return false }
        return isForwarded || BaseURL("http://" + (request.head.authority ?? ""))?.isLoopback ?? false
    }
}
