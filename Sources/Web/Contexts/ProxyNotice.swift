import Hummingbird
import Logging
import Synchronization

/// Says once that a proxy stands in front which nobody named: until then everybody behind it is one address, and one
/// stranger's wrong passwords are everybody's.
final class ProxyNotice: Sendable {
    private let wasSaid = Atomic(false)

    func look(at request: Request, _ context: SiteContext, settings: SiteSettings) {
        guard !wasSaid.load(ordering: .relaxed), let peer = context.unnamedProxy(of: request, settings: settings),
            !wasSaid.exchange(true, ordering: .relaxed)
        else { return }
        context.logger.warning(
            "X-Forwarded-For came from a peer that GATEWRIGHT_TRUSTED_PROXIES does not name, and was ignored",
            metadata: ["peer": "\(peer)"])
    }
}

extension SiteContext {
    /// The peer that says whom it stands for without being trusted to; nil when there is none.
    fileprivate func unnamedProxy(of request: Request, settings: SiteSettings) -> String? {
        guard request.headers.contains(.xForwardedFor), let peer = peerAddress, !settings.trustedProxies.contains(peer)
        else { return nil }
        return peer
    }
}
