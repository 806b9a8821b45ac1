/// The checksum in our tokens' last six digits (zlib's CRC-32, reflected polynomial 0xEDB88320).
///
/// A filter, never a security check: it tells a mistyped or invented token from a real one before any look-up,
/// and lets a scanner be sure of a leak without asking us.
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { (index: UInt32) -> UInt32 in
        (0..<8).reduce(index) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
    }

    package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let table = table
        return ~bytes.reduce(0xFFFF_FFFF) { crc, byte in
            (crc >> 8) ^ table[Int((crc ^ UInt32(byte)) & 0xFF)]
        }
    }
}
