/// An address that a provider's name resolved to, and whether a call may go there. A name is checked after it was
/// resolved, and the call goes to the address that was checked.
package struct NetworkAddress: Hashable, Sendable {
    /// 4 or 16 bytes, in network order.
    package let bytes: [UInt8]

    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Whether it is on the public internet: not this machine, not a private or special network, not one of the
    /// IPv6 forms that carry an IPv4 address out of sight (RFC 6890 and its registries).
    package var isPublic: Bool {
        bytes.count == 4 ? Self.isPublic4(bytes) : isPublic6
    }

    private static let special4: [(prefix: [UInt8], bits: Int)] = [
        ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
        ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24),
        ([203, 0, 113], 24), ([224], 4), ([240], 4),
    ]

    private static func isPublic4(_ bytes: [UInt8]) -> Bool {
        !special4.contains { matches(bytes, $0.prefix, $0.bits) }
    }

    /// Only 2000::/3 is given out; within it these are tunnels, examples and experiments.
    private static let special6: [(prefix: [UInt8], bits: Int)] = [
        ([0x20, 0x01, 0x00], 23), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x20, 0x02], 16), ([0x3F, 0xFF, 0x00], 20),
    ]

    private var isPublic6: Bool {
        Self.matches(bytes, [0x20], 3) && !Self.special6.contains { Self.matches(bytes, $0.prefix, $0.bits) }
    }

    private static func matches(_ bytes: [UInt8], _ prefix: [UInt8], _ bits: Int) -> Bool {
        (0..<bits).allSatisfy { bit in
            let wanted = bit / 8 < prefix.count ? prefix[bit / 8] : 0
            return (bytes[bit / 8] ^ wanted) & (0x80 >> UInt8(bit % 8)) == 0
        }
    }
}
