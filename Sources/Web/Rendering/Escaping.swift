import Mustache

/// HTML escaping over UTF-8 bytes.
///
/// swift-mustache escapes Swift `Character`s: a quote followed by a combining mark is another Character, passes
/// unescaped and ends the attribute. Bytes have no such neighbours.
package enum HTML {
    /// Escapes the five bytes HTML gives meaning to and drops control bytes (tab and newline stay).
    ///
    /// The result is inert as text and inside a double-quoted attribute, nowhere else.
    package static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: needsWork) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "'"): bytes.append(contentsOf: "&#39;".utf8)
            case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
            case 0x09, 0x0A: bytes.append(byte)
            case 0x00...0x1F, 0x7F: continue
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func needsWork(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"): true
        case 0x00...0x1F, 0x7F: true
        default: false
        }
    }

    /// An address that may stand in `href` or `action`: a path of ours, a place on the page, or http(s).
    ///
    /// Escaping does not make `javascript:` harmless; whatever is not on this list becomes `#`.
    static func address(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let isPath = bytes.first == UInt8(ascii: "/") && bytes.dropFirst().first != UInt8(ascii: "/")
        let isFragment = bytes.first == UInt8(ascii: "#")
        let isWeb = bytes.starts(with: "https://".utf8) || bytes.starts(with: "http://".utf8)
        let isClean = bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        return (isPath || isFragment || isWeb) && isClean ? text : "#"
    }
}

/// Makes every `{{name}}` go through ``HTML/escape(_:)``.
struct ByteEscaped: MustacheContentType {
    static let name = "BYTE-ESCAPED-HTML"

    func escapeText(_ text: String) -> String {
        HTML.escape(text)
    }
}
