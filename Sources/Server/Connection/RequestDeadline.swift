import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Web

/// Closes a connection whose request does not arrive in time: headers within 10 seconds of their first byte (of the
/// connection's opening, for the first request), a body within 15 seconds of its headers. Bodies here are small; a
/// client that needs longer is not sending one.
///
/// While nothing is being sent the server's idle timeout does the same.
final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private static let headers = TimeAmount.seconds(10)
    private static let body = TimeAmount.seconds(15)
    private let site: Site
    private var timeout: Scheduled<Void>?
    /// The last request is complete, and nothing of another has come.
    private var isBetweenRequests = false
    private var isStopped = false

    init(site: Site) { self.site = site }

    /// Puts its two helpers where the bytes, and the request line, can still be seen.
    func handlerAdded(context: ChannelHandlerContext) {
        let line = RequestLine()
        do {
            let pipeline = context.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let target = RequestTarget(line, site)
            try pipeline.addHandler(target, position: .after(decoder))
            try pipeline.addHandler(SocketUpgrade(site: site, deadline: self), position: .after(target))
            try pipeline.addHandler(FirstBytes(self, line), position: .first)
        } catch {
            context.close(promise: nil)
        }
        if context.channel.isActive { arm(Self.headers, context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        do {
            // By now everything stands behind this handler as well.
            let pipeline = context.pipeline.syncOperations
            let counter = try pipeline.handler(type: HTTPConnectionStateHandler.self)
            try pipeline.addHandler(DirectAnswers(site: site), position: .after(counter))
        } catch {
            context.close(promise: nil)
        }
        arm(Self.headers, context)
        context.fireChannelActive()
    }

    /// What comes from now on are no requests.
    func stop() {
        timeout?.cancel()
        isStopped = true
    }

    /// Bytes have come; what of, is not known yet.
    func bytesCame(_ context: ChannelHandlerContext) {
        guard isBetweenRequests else { return }
        arm(Self.headers, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: arm(Self.body, context)
        case .body: break
        case .end:
            timeout?.cancel()
            isBetweenRequests = true
        }
        context.fireChannelRead(data)
    }

    /// Answers of `DirectAnswers` wait for the end of the loop's turn; what counts the requests, behind this handler, takes
    /// them for sent, and closes at once.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { context.flush() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timeout?.cancel() }

    private func arm(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        isBetweenRequests = false
        timeout?.cancel()
        guard !isStopped else { return }
        let channel = context.channel
        timeout = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}

/// What a connection sends, before anything is made of it.
private final class FirstBytes: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let deadline: RequestDeadline
    private let line: RequestLine

    init(_ deadline: RequestDeadline, _ line: RequestLine) {
        self.deadline = deadline
        self.line = line
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        deadline.bytesCame(context)
        line.append(unwrapInboundIn(data).readableBytesView)
        context.fireChannelRead(data)
    }
}
