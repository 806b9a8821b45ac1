/// Reads JSON byte by byte (RFC 8259), and nothing that is not plain.
///
/// Foundation's readers disagree on repeated keys (first wins, last wins) and accept UTF-16; a text that two readers
/// understand differently is a way around a check.
struct JSONReader {
    struct Malformed: Error {}

    /// Far above what any request or answer here needs; a reader that recurses must stop somewhere.
    static let deepest = 32

    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The whole text: one value, and white space around it.
    mutating func text() throws(Malformed) -> JSONValue {
        guard !ByteOrderMark.leads(bytes) else { throw Malformed() }
        let value = try value(depth: 0)
        skipSpace()
        guard peek == nil else { throw Malformed() }
        return value
    }

    private mutating func value(depth: Int) throws(Malformed) -> JSONValue {
        guard depth < Self.deepest else { throw Malformed() }
        skipSpace()
        switch peek {
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x22: return .string(try string())
        case 0x74: return try word("true", .boolean(true))
        case 0x66: return try word("false", .boolean(false))
        case 0x6E: return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(Malformed) -> JSONValue {
        var members: [JSONValue.Member] = []
        var names: Set<[UInt8]>?
        position += 1
        skipSpace()
        guard peek != 0x7D else {
            position += 1
            return .object([])
        }
        repeat {
            skipSpace()
            let name = try string()
            guard isNew(name, among: members, &names) else { throw Malformed() }
            try expect(0x3A)
            members.append(.init(name, try value(depth: depth + 1)))
        } while try another(until: 0x7D)
        return .object(members)
    }

    /// Few names are compared one by one, which costs less than hashing them; of many a set is kept.
    private func isNew(_ name: String, among members: [JSONValue.Member], _ names: inout Set<[UInt8]>?) -> Bool {
        guard members.count >= Self.few else { return !members.contains { $0.name.isSame(as: name) } }
        var known = names.take() ?? Set(members.map { Array($0.name.utf8) })
        defer { names = known }
        return known.insert(Array(name.utf8)).inserted
    }

    private static let few = 16

    private mutating func array(depth: Int) throws(Malformed) -> JSONValue {
        var elements: [JSONValue] = []
        position += 1
        skipSpace()
        guard peek != 0x5D else {
            position += 1
            return .array([])
        }
        repeat { elements.append(try value(depth: depth + 1)) } while try another(until: 0x5D)
        return .array(elements)
    }

    /// Whether a comma follows (true) or the end.
    private mutating func another(until end: UInt8) throws(Malformed) -> Bool {
        skipSpace()
        let byte = next()
        guard byte == 0x2C || byte == end else { throw Malformed() }
        return byte == 0x2C
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Malformed) -> JSONValue {
        let length = word.utf8CodeUnitCount
        let isWord = word.withUTF8Buffer { bytes[position...].prefix(length).elementsEqual($0) }
        guard isWord else { throw Malformed() }
        position += length
        return value
    }

    /// `-? int frac? exp?` (§6), kept as text.
    private mutating func number() throws(Malformed) -> JSONValue {
        let start = position
        if peek == 0x2D { position += 1 }
        if peek == 0x30 { position += 1 } else { try digits() }
        if peek == 0x2E {
            position += 1
            try digits()
        }
        if peek == 0x65 || peek == 0x45 {
            position += 1
            if peek == 0x2B || peek == 0x2D { position += 1 }
            try digits()
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(Malformed) {
        let start = position
        while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw Malformed() }
    }

    private mutating func string() throws(Malformed) -> String {
        guard next() == 0x22 else { throw Malformed() }
        // Most texts are ASCII without escapes: one look for their end, one copy.
        var end = position
        while end < bytes.count, bytes[end] != 0x22, bytes[end] != 0x5C, (0x20..<0x80).contains(bytes[end]) { end += 1 }
        if end < bytes.count, bytes[end] == 0x22 {
            let plain = bytes[position..<end]
            position = end + 1
            return String(unsafeUninitializedCapacity: plain.count) { $0.initialize(fromContentsOf: plain) }
        }
        var content: [UInt8] = []
        while let byte = next() {
            switch byte {
            case 0x22:
                guard !content.contains(0), let text = String(validating: content, as: UTF8.self) else {
                    throw Malformed()
                }
                return text
            case 0x5C: content += try escape()
            case 0x00..<0x20: throw Malformed()
            default: content.append(byte)
            }
        }
        throw Malformed()
    }

    private mutating func escape() throws(Malformed) -> [UInt8] {
        switch next() {
        case 0x22: [0x22]
        case 0x5C: [0x5C]
        case 0x2F: [0x2F]
        case 0x62: [0x08]
        case 0x66: [0x0C]
        case 0x6E: [0x0A]
        case 0x72: [0x0D]
        case 0x74: [0x09]
        case 0x75: try scalar()
        default: throw Malformed()
        }
    }

    /// What follows `\u`: four digits, or a surrogate pair. A lone surrogate is no character.
    private mutating func scalar() throws(Malformed) -> [UInt8] {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return Array(UTF8.encode(scalar) ?? .init()) }
        guard (0xD800...0xDBFF).contains(unit), next() == 0x5C, next() == 0x75 else { throw Malformed() }
        let low = try codeUnit()
        guard (0xDC00...0xDFFF).contains(low) else { throw Malformed() }
        let value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
        guard let scalar = Unicode.Scalar(value) else { throw Malformed() }
        return Array(UTF8.encode(scalar) ?? .init())
    }

    private mutating func codeUnit() throws(Malformed) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = next().flatMap(Hexadecimal.value) else { throw Malformed() }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func next() -> UInt8? {
        guard let byte = peek else { return nil }
        position += 1
        return byte
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func expect(_ byte: UInt8) throws(Malformed) {
        skipSpace()
        guard next() == byte else { throw Malformed() }
    }
}
