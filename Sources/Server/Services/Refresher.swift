import Logging
import ServiceLifecycle
import Web

/// Renews connections before they end, delivers webhooks, and hands out results that were left for somebody. What fails is
/// stored with its row; the next round has the rest.
struct Refresher: Service {
    let site: Site
    let logger: Logger

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await renew() }
            group.addTask { await deliver() }
            group.addTask { await handOut() }
        }
    }

    private func renew() async {
        for await _ in AsyncTicks(every: .seconds(5)).cancelOnGracefulShutdown() {
            do {
                try await site.renewDue { !Task.isShuttingDownGracefully }
            } catch {
                logger.warning("renewing connections failed, will try again", metadata: ["error": "\(error)"])
            }
        }
    }

    private func deliver() async {
        for await _ in AsyncTicks(every: .seconds(1)).cancelOnGracefulShutdown() {
            do {
                while !Task.isShuttingDownGracefully, try await site.deliverWebhooks() > 0 {}
            } catch {
                logger.warning("delivering webhooks failed, will try again", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Who connects again hears within a second; what came to another process is heard within twenty.
    private func handOut() async {
        var rounds = 0
        for await _ in AsyncTicks(every: .seconds(1)).cancelOnGracefulShutdown() {
            rounds += 1
            do {
                try site.deliverLeftResults(isToNew: !rounds.isMultiple(of: 20))
            } catch {
                logger.warning("handing results out failed, will try again", metadata: ["error": "\(error)"])
            }
        }
    }
}
