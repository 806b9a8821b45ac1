import NIOCore
import NIOWebSocket
import Web

/// A socket that waits for one result: says its ID, keeps the line awake, passes the message on, and closes.
final class ResultSocket: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// The opener has nothing to say; what is longer than a control frame with room to spare is a mistake.
    static let largestFrame = 4096
    /// Proxies cut lines that are silent for a minute.
    private static let heartbeat = TimeAmount.seconds(20)
    /// Longer than any flow may last.
    private static let longest = TimeAmount.minutes(20)

    private let site: Site
    private let socket: WaitingSocket
    private var place: ConnectSockets.Place?
    private var beat: RepeatedTask?
    private var end: Scheduled<Void>?
    private var isClosing = false
    /// A message in several frames has begun.
    private var isInMessage = false

    init(site: Site, socket: WaitingSocket) {
        self.site = site
        self.socket = socket
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        place = site.sockets.wait(for: socket.id) { message in
            loop.execute {
                let (handler, context) = bound.value
                handler.finish(with: message, context)
            }
        }
        send(.text, socket.hello, context)
        beat = loop.scheduleRepeatedTask(initialDelay: Self.heartbeat, delay: Self.heartbeat) { _ in
            let (handler, context) = bound.value
            handler.ping(context)
        }
        end = loop.scheduleTask(in: Self.longest) {
            let (handler, context) = bound.value
            handler.close(.normalClosure, context)
        }
        if place == nil { close(.unknown(1013), context) }
    }

    private func ping(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        context.writeAndFlush(
            wrapOutboundOut(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())), promise: nil)
    }

    private func finish(with message: String, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        send(.text, message, context)
        close(.normalClosure, context)
    }

    private func send(_ opcode: WebSocketOpcode, _ text: String, _ context: ChannelHandlerContext) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, data: ByteBuffer(string: text))
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    /// RFC 6455 §5.5.1: the other side answers, and then the line is cut; after five seconds without an answer too.
    private func close(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        beat?.cancel()
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard takes(frame) else {
            close(.protocolError, context)
            context.close(promise: nil)
            return
        }
        switch frame.opcode {
        case .ping:
            let answer = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        case .connectionClose:
            if isClosing {
                context.close(promise: nil)
            } else {
                close(.normalClosure, context)
                context.close(promise: nil)
            }
        // The wire format has no message from the opener. What one says all the same is not for us.
        default: break
        }
    }

    /// What a client may send: masked (RFC 6455 §5.1), no bit or opcode of an extension that was not agreed on (§5.2), the
    /// frames of a message one behind the other (§5.4), and a whole code with a farewell that has one (§5.5.1).
    private func takes(_ frame: WebSocketFrame) -> Bool {
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return false }
        switch frame.opcode {
        case .ping, .pong: return true
        case .connectionClose: return frame.length != 1
        case .text, .binary, .continuation:
            guard (frame.opcode == .continuation) == isInMessage else { return false }
            isInMessage = !frame.fin
            return true
        default: return false
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        beat?.cancel()
        end?.cancel()
        isClosing = true
        if let place { site.sockets.leave(place) }
        context.fireChannelInactive()
    }

    /// The server stops: the opener connects again, to the next one.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        close(.goingAway, context)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(.protocolError, context)
        context.close(promise: nil)
    }
}
