import Foundation
import Logging

/// Standard output without a buffer: what waits in one is lost with the process.
enum Output {
    static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "gatewright") { JSONLog(label: $0) }
        logger.logLevel = level
        return logger
    }
}

extension String {
    /// In columns: with spaces behind it, up to this width.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
