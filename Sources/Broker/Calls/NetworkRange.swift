/// `10.0.0.0/8`, `192.168.1.5` or `::1`: addresses that an operator lets calls go to although they are not public.
package struct NetworkRange: Sendable {
    private let prefix: [UInt8]
    private let bits: Int

    /// nil unless it is an IPv4 or IPv6 address in its usual spelling, and a length that fits.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let address = bytes.prefix { $0 != 0x2F }
        guard let prefix = Self.four(address) ?? Self.six(address) else { return nil }
        let length = bytes.dropFirst(address.count)
        if length.isEmpty {
            bits = prefix.count * 8
        } else {
            guard let bits = Int(String(decoding: length.dropFirst(), as: UTF8.self)),
                (0...prefix.count * 8).contains(bits)
            else { return nil }
            self.bits = bits
        }
        self.prefix = prefix
    }

    package func contains(_ address: [UInt8]) -> Bool {
        guard address.count == prefix.count else { return false }
        return (0..<bits).allSatisfy { bit in
            (address[bit / 8] ^ prefix[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }

    private static func four(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let numbers = parts.compactMap { part -> UInt8? in
            guard (1...3).contains(part.count), part.count == 1 || part.first != 0x30 else { return nil }
            return UInt8(String(decoding: part, as: UTF8.self))
        }
        return numbers.count == 4 ? numbers : nil
    }

    private static func six(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let whole = String(decoding: text, as: UTF8.self)
        guard text.contains(0x3A) else { return nil }
        let sides = whole.split(separator: "::", omittingEmptySubsequences: false)
        guard sides.count <= 2 else { return nil }
        func groups(_ side: Substring) -> [UInt8]? {
            guard !side.utf8.isEmpty else { return [] }
            var bytes: [UInt8] = []
            for group in side.split(separator: ":", omittingEmptySubsequences: false) {
                guard (1...4).contains(group.utf8.count), let number = UInt16(group, radix: 16),
                    group.utf8.first != 0x2B
                else { return nil }
                bytes += [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
            }
            return bytes
        }
        guard let head = groups(sides[0]) else { return nil }
        guard sides.count == 2 else { return head.count == 16 ? head : nil }
        guard let tail = groups(sides[1]), head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }
}
