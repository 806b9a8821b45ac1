import Foundation
import Logging
import ServiceLifecycle
import Storage

/// Takes over the key file when it changes, and seals what was sealed under another key anew, a little at a time.
struct KeyWatch: Service {
    private let rotation: KeyRotation
    private let path: String
    private let logger: Logger

    init(_ installation: Installation, logger: Logger) {
        rotation = KeyRotation(installation.store)
        path = installation.settings.keyFile
        self.logger = logger
    }

    func run() async throws {
        var seen = Self.state(of: path)
        var isDone = false
        for await _ in AsyncTicks(every: .seconds(2)).cancelOnGracefulShutdown() {
            do {
                let state = Self.state(of: path)
                if state != seen {
                    if try await rotation.adopt(KeyFile.read(path), at: Installation.now()) {
                        logger.notice("a new master key is in use; what the old one sealed is sealed anew")
                    }
                    // Only now: a file that was refused is looked at again.
                    seen = state
                    isDone = false
                }
            } catch {
                logger.error("the key file cannot be used as it is now", metadata: ["error": "\(error)"])
                continue
            }
            guard !isDone else { continue }
            do {
                while try await rotation.reseal(at: Installation.now()) { try await Task.sleep(for: .milliseconds(20)) }
                isDone = true
            } catch is CancellationError {
                return
            } catch {
                logger.warning("sealing anew failed, will try again", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Another file, or another time: `rename` replaces it as a whole.
    private static func state(of path: String) -> [Int64] {
        var status = stat()
        guard stat(path, &status) == 0 else { return [] }
        return [
            Int64(bitPattern: UInt64(status.st_ino)), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
            Int64(status.st_size),
        ]
    }
}
