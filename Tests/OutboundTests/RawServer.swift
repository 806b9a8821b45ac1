import NIOCore
import NIOPosix
import Synchronization

/// Answers whoever connects with these bytes, whatever they ask, and closes; with no bytes it only listens.
final class RawServer: Sendable {
    private let channel: any Channel
    private let count: Count
    let port: Int

    private final class Count: Sendable {
        let connections = Mutex<[any Channel]>([])
    }

    private final class Answerer: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        let answer: String

        init(_ answer: String) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !answer.isEmpty else { return }
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer))).whenComplete { _ in
                channel.close(promise: nil)
            }
        }
    }

    init(_ answer: String) async throws {
        let count = Count()
        self.count = count
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                count.connections.withLock { $0.append(channel) }
                return channel.pipeline.addHandler(Answerer(answer))
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    var url: String { "http://127.0.0.1:\(port)/" }
    var connections: Int { count.connections.withLock { $0.count } }

    /// Ends whatever still waits for an answer.
    func stop() async throws {
        try await channel.close()
        for open in count.connections.withLock({ $0 }) { open.close(promise: nil) }
    }
}
