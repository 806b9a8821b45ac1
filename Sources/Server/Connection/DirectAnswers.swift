import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Web

/// Answers some requests where they arrive, on the connection's event loop: no other thread is woken and no task
/// suspended for what takes less time than that. What has no direct answer goes on as it came.
///
/// It stands behind what counts the connection's requests (for its idle timeout and for a shutdown), which so sees these
/// requests and their answers as it sees all others.
final class DirectAnswers: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// A client that sends many requests at once takes turns with the loop's other connections: beyond these, the rest of
    /// what it sent is answered by tasks, which do.
    private static let mostAtOnce = 16

    private let site: Site
    /// The IP address of the other end, which is one for all of the connection's requests.
    private var peer = "unknown"
    /// Answers since the last bytes came.
    private var madeAtOnce = 0
    /// Requests that went on and are not answered yet. Answers leave in the order of their requests (RFC 9112 §9.3.2), so
    /// while there are any, what comes goes on too.
    private var elsewhere = 0
    /// Answers were written that have not left yet.
    private var willFlush = false
    /// A request whose end has not come.
    private var held: (head: HTTPRequest, body: ByteBuffer)?

    init(site: Site) { self.site = site }

    func handlerAdded(context: ChannelHandlerContext) {
        peer = context.channel.remoteAddress?.ipAddress ?? peer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if isFree(context), site.mayAnswerDirectly(head) {
                held = (head, ByteBuffer())
            } else {
                elsewhere += 1
                context.fireChannelRead(data)
            }
        case .body(var part):
            guard held != nil else { return context.fireChannelRead(data) }
            held?.body.writeBuffer(&part)
            if let held, held.body.readableBytes > Site.longestDirectBody { pass(held, context) }
        case .end(let trailers):
            guard let held else { return context.fireChannelRead(data) }
            if let answer = site.directAnswer(to: held.head, body: held.body, from: peer) {
                self.held = nil
                madeAtOnce += 1
                send(answer, context)
            } else {
                pass(held, context)
                context.fireChannelRead(wrapInboundOut(.end(trailers)))
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        madeAtOnce = 0
        context.fireChannelReadComplete()
    }

    /// No, while the client leaves answers unread: the router's way waits for it, and reads no more of it meanwhile.
    private func isFree(_ context: ChannelHandlerContext) -> Bool {
        elsewhere == 0 && madeAtOnce < Self.mostAtOnce && context.channel.isWritable
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { elsewhere -= 1 }
        context.write(data, promise: promise)
    }

    /// Lets a request that was held go on.
    private func pass(_ request: (head: HTTPRequest, body: ByteBuffer), _ context: ChannelHandlerContext) {
        held = nil
        elsewhere += 1
        context.fireChannelRead(wrapInboundOut(.head(request.head)))
        if request.body.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(.body(request.body))) }
    }

    private func send(_ answer: DirectAnswer, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
        if answer.body.readableBytes > 0 { context.write(wrapOutboundOut(.body(answer.body)), promise: nil) }
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        flushSoon(context)
    }

    /// Once the loop has read what came on its other connections: whoever waits for several answers is woken once for all.
    private func flushSoon(_ context: ChannelHandlerContext) {
        guard !willFlush else { return }
        willFlush = true
        context.eventLoop.assumeIsolated().execute {
            self.willFlush = false
            context.flush()
        }
    }
}
