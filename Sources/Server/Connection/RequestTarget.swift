import NIOCore
import NIOHTTP1
import Web

/// Between the bytes and the rest of the server: settles what a request is for, and answers what was too large to read.
final class RequestTarget: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let line: RequestLine
    private let site: Site
    private var unanswered = 0
    private var isRefusing = false

    init(_ line: RequestLine, _ site: Site) {
        self.line = line
        self.site = site
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        switch part {
        case .head(var head):
            unanswered += 1
            Self.settle(&head)
            part = .head(head)
        case .body: break
        case .end: line.reset()
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
        context.write(data, promise: promise)
    }

    /// RFC 6585 §5, RFC 9110 §15.5.15. Only where no other answer is on its way: a client reads them in order.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isRefusing else { return }
        guard error as? HTTPParserError == .headerOverflow, unanswered == 0 else {
            context.fireErrorCaught(error)
            return
        }
        isRefusing = true
        let answer = site.answer(toOverlong: line.isOverlong ? .target : .headers, at: line.target)
        var headers = HTTPHeaders(answer.headers)
        headers.replaceOrAdd(name: "Content-Length", value: "\(answer.body.count)")
        headers.replaceOrAdd(name: "Connection", value: "close")
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        // The client may still be sending; closed at once, its side would throw the answer away.
        let channel = context.channel
        channel.close(mode: .output, promise: nil)
        context.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }

    /// RFC 9112 §3.2.2: the authority of a target in absolute form stands for `Host`. What is neither that nor a path
    /// names nothing here, and the address is refused.
    private static func settle(_ head: inout HTTPRequestHead) {
        let target = Array(head.uri.utf8)
        guard target.first != UInt8(ascii: "/") else { return }
        let lowered = target.prefix(8).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let scheme = ["https://", "http://"].first { lowered.starts(with: $0.utf8) }
        let rest = target.dropFirst(scheme?.utf8.count ?? 0)
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        guard scheme != nil, !authority.isEmpty, head.headers["Host"].count == 1 else {
            head.uri = "*"
            return
        }
        head.headers.replaceOrAdd(name: "Host", value: String(decoding: authority, as: UTF8.self))
        let path = String(decoding: rest.dropFirst(authority.count), as: UTF8.self)
        head.uri = path.utf8.first == UInt8(ascii: "/") ? path : "/" + path
    }
}
