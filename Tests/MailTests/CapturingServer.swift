import Foundation
import Testing

@testable import Mail

/// `Tests/Journeys/smtp_server.py`, a real SMTP server (aiosmtpd) in a process of its own, for one test.
final class CapturingServer: Sendable {
    /// One mail as the server took it; `headers` and `text` are what Python's email package made of `content`.
    struct Mail: Decodable {
        let mail_from: String
        let rcpt_tos: [String]
        let content: Data
        let ehlo: String
        let tls: Bool
        let user: String?
        let headers: [[String]]
        let text: String
        let defects: [String]

        func header(_ name: String) -> [String] { headers.filter { $0.first == name }.map { $0[1] } }
    }

    struct CannotStart: Error { let reason: String }

    let port: UInt16
    let folder: URL
    private let process: Process
    private let input: Pipe

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let python = root.appending(path: ".venv/bin/python")

    /// Whether the delivery tests can run. In CI they must: there a missing server is a failure, not a skip.
    static let isWanted: Bool = {
        if ProcessInfo.processInfo.environment["CI"] != nil { return true }
        guard FileManager.default.isExecutableFile(atPath: python.path) else { return false }
        return (try? run(python, ["-c", "import aiosmtpd"])) == 0
    }()

    init(_ options: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "gw-mail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = Self.python
        let script = Self.root.appending(path: "Tests/Journeys/smtp_server.py").path
        process.arguments = [script, "--capture", folder.path] + options
        input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice  // aiosmtpd tells at length of each failed TLS handshake
        try process.run()
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let next = output.fileHandleForReading.availableData
            guard !next.isEmpty else { throw CannotStart(reason: "smtp_server.py ended; pip install aiosmtpd==1.4.6?") }
            line += next
        }
        let words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard words.count == 2, words[0] == "PORT", let port = UInt16(words[1]) else {
            throw CannotStart(reason: "smtp_server.py did not say its port")
        }
        self.port = port
    }

    /// The server goes when its standard input does.
    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    var url: String { "smtp://127.0.0.1:\(port)/portal.example" }

    func mails() throws -> [Mail] {
        try files(prefix: "mail-").map { try JSONDecoder().decode(Mail.self, from: $0) }
    }

    /// What each client said, byte for byte, once `count` connections have ended.
    func sessions(_ count: Int) async throws -> [[UInt8]] {
        for _ in 0..<100 where try files(prefix: "session-").count < count {
            try await Task.sleep(for: .milliseconds(20))
        }
        return try files(prefix: "session-").map { Array($0) }
    }

    /// The largest number of connections open at once.
    func peak() throws -> Int {
        Int(try String(contentsOf: folder.appending(path: "peak"), encoding: .utf8)) ?? 0
    }

    private func files(prefix: String) throws -> [Data] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix(prefix) }
            .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
            .map { try Data(contentsOf: folder.appending(path: $0)) }
    }

    /// A key and a certificate that nobody but a server with `authorities: certificate` trusts.
    static func certificate(for names: String = "DNS:localhost,IP:127.0.0.1") throws -> (
        certificate: String, key: String
    ) {
        let base = FileManager.default.temporaryDirectory.appending(path: "gw-cert-\(UUID().uuidString)").path
        let status = try run(
            URL(filePath: "/usr/bin/env"),
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", "\(base).key", "-out", "\(base).pem", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=\(names)",
            ])
        guard status == 0 else { throw CannotStart(reason: "openssl could not make a certificate") }
        return ("\(base).pem", "\(base).key")
    }

    private static func run(_ program: URL, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
