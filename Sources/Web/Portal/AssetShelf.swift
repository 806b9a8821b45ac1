import Foundation
import NIOCore

/// The files of one folder, by plain name: lower-case letters, digits, dots and hyphens, and a known ending.
/// A name that has no slash and starts with no dot reaches nothing outside the folder.
struct AssetShelf: Sendable {
    struct Asset: Sendable {
        let contentType: String
        let bytes: ByteBuffer
    }

    private let folder: String
    /// All files, read once; nil when each request reads anew.
    private let kept: [String: Asset]?

    /// - Parameter rereads: read from the disk for every request; for development.
    init(folder: String, rereads: Bool) {
        self.folder = folder
        guard !rereads else {
            kept = nil
            return
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var kept: [String: Asset] = [:]
        for name in names { kept[name] = Self.read(name, in: folder) }
        self.kept = kept
    }

    func file(named name: String) -> Asset? {
        guard let kept else { return Self.read(name, in: folder) }
        return kept[name]
    }

    private static func read(_ name: String, in folder: String) -> Asset? {
        guard let contentType = contentType(of: name),
            let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
        else { return nil }
        return Asset(contentType: contentType, bytes: ByteBuffer(bytes: data))
    }

    /// Nil for a name that is not plain or an ending that is not served.
    private static func contentType(of name: String) -> String? {
        let bytes = Array(name.utf8)
        let isPlain = bytes.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D
        }
        guard isPlain, bytes.count <= 100, bytes.first != UInt8(ascii: "."),
            let dot = bytes.lastIndex(of: UInt8(ascii: "."))
        else { return nil }
        switch String(decoding: bytes[(dot + 1)...], as: UTF8.self) {
        case "css": return "text/css; charset=utf-8"
        case "js": return "text/javascript; charset=utf-8"
        case "ts": return "text/plain; charset=utf-8"
        case "svg": return "image/svg+xml"
        case "png": return "image/png"
        case "ico": return "image/x-icon"
        case "woff2": return "font/woff2"
        default: return nil
        }
    }
}
