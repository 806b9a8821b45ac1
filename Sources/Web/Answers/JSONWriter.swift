/// Writes JSON as bytes. Small on purpose: the API's answers are flat, and this is on the hot path.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init() { bytes.reserveCapacity(512) }

    mutating func object(_ body: (inout JSONWriter) -> Void) { nest(UInt8(ascii: "{"), UInt8(ascii: "}"), body) }
    mutating func array(_ body: (inout JSONWriter) -> Void) { nest(UInt8(ascii: "["), UInt8(ascii: "]"), body) }

    mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "\":".utf8)
        needsComma = false
    }

    mutating func string(_ text: String?) {
        guard let text else { return literal("null") }
        separate()
        bytes.append(UInt8(ascii: "\""))
        escape(text.utf8)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func escape(_ text: String.UTF8View) {
        // Nearly every text stands for itself, and is copied as a whole.
        let isPlain = text.withContiguousStorageIfAvailable { bytes in
            bytes.allSatisfy { $0 > 0x1F && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }
        }
        guard isPlain != true else { return bytes.append(contentsOf: text) }
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x00...0x1F, 0x7F:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
    }

    mutating func integer(_ number: Int64?) {
        guard let number else { return literal("null") }
        separate()
        bytes.append(contentsOf: String(number).utf8)
        needsComma = true
    }

    mutating func field(_ name: StaticString, _ text: String?) {
        key(name)
        string(text)
    }

    mutating func field(_ name: StaticString, _ number: Int64?) {
        key(name)
        integer(number)
    }

    private mutating func literal(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    private mutating func nest(_ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        body(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }
}

protocol JSONWritable {
    func write(to json: inout JSONWriter)
}

/// The API's error body: a word for programs and a sentence for their authors.
struct APIError: JSONWritable {
    let code: String
    let message: String

    func write(to json: inout JSONWriter) {
        json.object {
            $0.field("code", code)
            $0.field("message", message)
        }
    }
}
