import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Web

/// Turns a connection into a WebSocket (RFC 6455 §4.2) where one may open, on whichever of its requests that is: a proxy
/// may have sent others on the connection before. Everything else passes as it came.
final class SocketUpgrade: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let site: Site
    private let deadline: RequestDeadline
    private var asked: (head: HTTPRequestHead, socket: WaitingSocket)?

    init(site: Site, deadline: RequestDeadline) {
        self.site = site
        self.deadline = deadline
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            asked = socket(for: head, on: context.channel).map { (head: head, socket: $0) }
            if asked == nil { context.fireChannelRead(data) }
        case .body:
            if asked == nil { context.fireChannelRead(data) }
        case .end:
            guard let asked else { return context.fireChannelRead(data) }
            self.asked = nil
            upgrade(asked.head, asked.socket, context)
        }
    }

    /// The socket that this request may open; nil when it is a request like others.
    private func socket(for head: HTTPRequestHead, on channel: any Channel) -> WaitingSocket? {
        let wants = head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
        guard wants, head.method == .GET, head.headers["host"].count == 1 else { return nil }
        return site.waitingSocket(
            host: head.headers.first(name: "host") ?? "", target: head.uri,
            peer: channel.remoteAddress?.ipAddress ?? "unknown", forwardedFor: head.headers["x-forwarded-for"])
    }

    private func upgrade(_ head: HTTPRequestHead, _ socket: WaitingSocket, _ context: ChannelHandlerContext) {
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        // Its futures are of this loop, and are done when it returns them.
        upgrader.buildUpgradeResponse(channel: context.channel, upgradeRequest: head, initialResponseHeaders: [:])
            .whenComplete { result in
                let (handler, context) = bound.value
                switch result {
                case .success(let headers): handler.open(socket, headers, context)
                case .failure: handler.refuse(context)
                }
            }
    }

    /// A key or version that is none (RFC 6455 §4.2.2).
    private func refuse(_ context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "Sec-WebSocket-Version": "13", "Content-Length": "0", "Connection": "close", "Cache-Control": "no-store",
        ]
        answer(.badRequest, headers, context)
        context.close(promise: nil)
    }

    private func answer(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// From here on the connection speaks frames; nothing of it reaches the HTTP part of the pipeline any more.
    private func open(_ socket: WaitingSocket, _ headers: HTTPHeaders, _ context: ChannelHandlerContext) {
        answer(.switchingProtocols, headers, context)
        deadline.stop()
        do {
            let pipeline = context.pipeline.syncOperations
            let frames = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: ResultSocket.largestFrame))
            let encoder = WebSocketFrameEncoder()
            // What writes HTTP goes first, and what writes frames comes before the socket, which speaks as it is added.
            try remove(HTTPResponseEncoder.self, from: pipeline)
            try remove(RequestTarget.self, from: pipeline)
            try remove(HTTPConnectionStateHandler.self, from: pipeline)
            try pipeline.addHandlers([frames, encoder], position: .after(self))
            try pipeline.addHandler(ResultSocket(site: site, socket: socket), position: .after(encoder))
            try remove(ByteToMessageHandler<HTTPRequestDecoder>.self, from: pipeline)
            pipeline.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    private func remove<Handler: RemovableChannelHandler>(
        _ type: Handler.Type, from pipeline: ChannelPipeline.SynchronousOperations
    ) throws {
        pipeline.removeHandler(try pipeline.handler(type: type), promise: nil)
    }
}
