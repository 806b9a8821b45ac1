import OAuth

/// What a secret is kept and looked up as: HMAC-SHA256 under a key that is not in the database, so that whoever
/// can insert a row still cannot mint a token. 32 bytes.
package struct Digest: Hashable, Sendable {
    package let bytes: [UInt8]

    /// From a stored column; nil unless 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Compares with stored bytes without revealing where the first difference is. (A look-up by digest needs no such
    /// care: what it could leak is the start of the digest, not of the secret.)
    package func isEqual(to stored: [UInt8]) -> Bool {
        ConstantTime.equal(bytes, stored)
    }

    package static func == (a: Digest, b: Digest) -> Bool { a.isEqual(to: b.bytes) }

    package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    /// 64 digits, for where text is stored.
    package var hex: String { HexText.text(bytes) }
}

extension Digest: SQLConvertible {
    package var sqlValue: SQLValue { .blob(bytes) }
}
