/// Reads one flat JSON object whose values are all strings, and nothing else (RFC 8259, narrowed).
///
/// Foundation's readers disagree on repeated keys (first wins, last wins) and accept UTF-16; a request that two
/// readers understand differently is a way around a check, so this one refuses whatever is not plain.
struct JSONScanner {
    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func entries(in bytes: [UInt8]) throws(OAuthError) -> [ParameterList.Entry] {
        guard !ByteOrderMark.leads(bytes) else { throw malformed }
        var scanner = JSONScanner(bytes)
        return try scanner.object()
    }

    private static let malformed = OAuthError(
        .invalidRequest, "the body must be one flat JSON object in UTF-8 whose values are strings")

    private mutating func object() throws(OAuthError) -> [ParameterList.Entry] {
        var entries: [ParameterList.Entry] = []
        try expect(0x7B)
        skipSpace()
        if peek == 0x7D {
            position += 1
        } else {
            try members(into: &entries)
        }
        skipSpace()
        guard peek == nil else { throw Self.malformed }
        return entries
    }

    private mutating func members(into entries: inout [ParameterList.Entry]) throws(OAuthError) {
        while true {
            guard entries.count < ParameterList.most else {
                throw OAuthError(.invalidRequest, "there are more than 100 parameters")
            }
            let name = try string()
            try expect(0x3A)
            let entry = try ParameterList.Entry(name: name, value: try string())
            guard !entries.contains(where: { $0.name.utf8.elementsEqual(entry.name.utf8) }) else {
                throw OAuthError(.invalidRequest, "the JSON object has the same key twice")
            }
            entries.append(entry)
            skipSpace()
            guard peek == 0x2C else { break }
            position += 1
        }
        try expect(0x7D)
    }

    /// A string in quotes, unescaped. UTF-8 is checked later, on the whole.
    private mutating func string() throws(OAuthError) -> [UInt8] {
        try expect(0x22)
        var content: [UInt8] = []
        while let byte = next() {
            switch byte {
            case 0x22: return content
            case 0x5C: content += try escape()
            case 0x00..<0x20: throw Self.malformed
            default: content.append(byte)
            }
        }
        throw Self.malformed
    }

    private mutating func escape() throws(OAuthError) -> [UInt8] {
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
        default: throw Self.malformed
        }
    }

    /// What follows `\u`: four digits, or a surrogate pair. A lone surrogate is no character.
    private mutating func scalar() throws(OAuthError) -> [UInt8] {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return Array(UTF8.encode(scalar) ?? .init()) }
        guard (0xD800...0xDBFF).contains(unit), next() == 0x5C, next() == 0x75 else { throw Self.malformed }
        let low = try codeUnit()
        guard (0xDC00...0xDFFF).contains(low) else { throw Self.malformed }
        let value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
        guard let scalar = Unicode.Scalar(value) else { throw Self.malformed }
        return Array(UTF8.encode(scalar) ?? .init())
    }

    private mutating func codeUnit() throws(OAuthError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = next().flatMap(Hexadecimal.value) else { throw Self.malformed }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func next() -> UInt8? {
        defer { position += 1 }
        return peek
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func expect(_ byte: UInt8) throws(OAuthError) {
        skipSpace()
        guard next() == byte else { throw Self.malformed }
    }
}
