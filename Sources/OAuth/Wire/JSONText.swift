/// The little JSON that the protocol answers with, written as pure ASCII with its members in the given order.
package enum JSONText {
    case string(String)
    case integer(Int64)
    case boolean(Bool)
    /// `null`, or a number as it was read: text that is JSON already.
    case word(String)
    case array([JSONText])
    case object([(name: String, value: JSONText)])

    package static func strings(_ values: [String]) -> JSONText { .array(values.map(JSONText.string)) }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .string(let text): Self.quote(text, to: &bytes)
        case .integer(let number): bytes += String(number).utf8
        case .boolean(let truth): bytes += (truth ? "true" : "false").utf8
        case .word(let word): bytes += word.utf8
        case .array(let elements):
            bytes.append(0x5B)
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                element.write(to: &bytes)
            }
            bytes.append(0x5D)
        case .object(let members):
            bytes.append(0x7B)
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(0x2C) }
                Self.quote(member.name, to: &bytes)
                bytes.append(0x3A)
                member.value.write(to: &bytes)
            }
            bytes.append(0x7D)
        }
    }

    /// Controls, `<`, `&` and everything outside ASCII as `\u`: the text is inert even where a browser guesses HTML.
    private static func quote(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(0x22)
        defer { bytes.append(0x22) }
        // Nearly every text stands for itself, and is copied as a whole.
        var whole = text
        let isCopied = whole.withUTF8 { utf8 in
            guard isInert(utf8) else { return false }
            bytes.append(contentsOf: utf8)
            return true
        }
        guard !isCopied else { return }
        for unit in text.utf16 {
            switch unit {
            case 0x22, 0x5C: bytes += [0x5C, UInt8(truncatingIfNeeded: unit)]
            case 0x26, 0x3C, 0x3E: escape(unit, to: &bytes)
            case 0x20...0x7E: bytes.append(UInt8(truncatingIfNeeded: unit))
            default: escape(unit, to: &bytes)
            }
        }
    }

    /// Looks at every byte, whatever it finds: without a way out in the middle the compiler takes sixteen at once.
    private static func isInert(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        var others: UInt8 = 0
        for byte in utf8 {
            others |= byte < 0x20 || byte > 0x7E ? 1 : 0
            others |= byte == 0x22 || byte == 0x26 || byte == 0x3C || byte == 0x3E || byte == 0x5C ? 1 : 0
        }
        return others == 0
    }

    private static func escape(_ unit: UInt16, to bytes: inout [UInt8]) {
        let digits = String(unit, radix: 16)
        bytes += [0x5C, 0x75]
        bytes += repeatElement(0x30, count: 4 - digits.utf8.count)
        bytes += digits.utf8
    }
}
