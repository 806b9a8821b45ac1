import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request does not arrive in time: headers within 10 seconds of its opening, a body
/// within 15 seconds of its headers. Bodies here are small; a client that needs longer
/// is not sending one.
///
/// Between requests the server's idle timeout does the same.
final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private static let headers = TimeAmount.seconds(10)
    private static let body = TimeAmount.seconds(15)
    private var timeout: Scheduled<Void>?

    func channelActive(context: ChannelHandlerContext) {
        arm(Self.headers, context)
        context.fireChannelActive()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { arm(Self.headers, context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: arm(Self.body, context)
        case .body: break
        case .end: timeout?.cancel()
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timeout?.cancel() }

    private func arm(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        timeout?.cancel()
        let channel = context.channel
        timeout = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
