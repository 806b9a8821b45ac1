import Foundation

/// Sends mails through one server, a few at a time, on threads of its own: libcurl blocks, and a server that never
/// answers must not hold a thread that serves requests.
package struct SMTPSender: Sendable {
    let server: SMTPServer
    let limits: SMTPLimits
    private let lanes: Lanes

    /// - Parameter lanes: how many mails may be under way at once; the rest wait their turn, in order.
    package init(server: SMTPServer, lanes: Int = 4, limits: SMTPLimits = SMTPLimits()) {
        self.server = server
        self.limits = limits
        self.lanes = Lanes(count: max(1, lanes))
    }

    /// Tries once. Never throws, and ends within the limits; when the task is cancelled, within about a second,
    /// with a temporary failure.
    ///
    /// A connection lost after the last byte leaves open whether the server took the mail: that counts as temporary,
    /// so a mail may arrive twice, with the same Message-ID, but is never lost.
    package func send(_ message: MailMessage) async -> DeliveryResult {
        let stop = StopFlag()
        let transfer = SMTPTransfer(message: message, server: server, limits: limits, stop: stop)
        return await withTaskCancellationHandler {
            await lanes.enter()
            // A thread, not a dispatch queue: on Linux a concurrent queue draws on the same few threads as Swift's
            // tasks (measured: two stuck mails on two cores stopped every task for two seconds).
            let result = await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: transfer.run()) }
            }
            await lanes.leave()
            return result
        } onCancel: {
            stop.raise()
        }
    }
}

/// A counted set of lanes with a queue in front, first come, first served.
actor Lanes {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { free = count }

    func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        guard !waiting.isEmpty else {
            free += 1
            return
        }
        waiting.removeFirst().resume()
    }
}
