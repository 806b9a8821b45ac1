/// A path on this site that a person may be sent to: what `next` and `back` fields hold (case 180).
///
/// A path is internal when it starts with exactly one slash and holds visible ASCII only, no backslash and no
/// percent sign before its query, so that no browser can read a host in it.
struct InternalPath {
    let text: String

    init?(_ typed: String) {
        let bytes = Array(typed.utf8)
        guard bytes.count <= 8000, bytes.first == UInt8(ascii: "/"),
            bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") }),
            Address.isCanonical(typed)
        else { return nil }
        text = typed
    }
}

/// Percent-encoding for what we put into queries ourselves (RFC 3986 §2.3).
enum FormEncoding {
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
