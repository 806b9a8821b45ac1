import CArgon2

/// The cost of a password hash. Kept in every hash, so it can be raised later.
package struct Argon2Parameters: Hashable, Sendable {
    package let memoryKiB: UInt32
    package let passes: UInt32
    package let lanes: UInt32

    package init(memoryKiB: UInt32, passes: UInt32, lanes: UInt32) {
        self.memoryKiB = memoryKiB
        self.passes = passes
        self.lanes = lanes
    }

    /// OWASP's floor: 19 MiB, two passes, some 35 ms.
    package static let floor = Argon2Parameters(memoryKiB: 19_456, passes: 2, lanes: 1)
}

/// A stored password: the PHC string `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`.
package struct PasswordHash: Hashable, Sendable {
    package let text: String

    /// From the database.
    package init(_ text: String) {
        self.text = text
    }

    /// Nil for a text that is no Argon2id hash.
    package var parameters: Argon2Parameters? {
        let parts = text.utf8.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1].elementsEqual("argon2id".utf8),
            parts[2].elementsEqual("v=19".utf8)
        else { return nil }
        let costs = parts[3].split(separator: UInt8(ascii: ","))
        guard costs.count == 3, let memory = Self.number(costs[0], after: "m="),
            let passes = Self.number(costs[1], after: "t="), let lanes = Self.number(costs[2], after: "p=")
        else { return nil }
        return Argon2Parameters(memoryKiB: memory, passes: passes, lanes: lanes)
    }

    /// Whether it was made with other costs than these, or is no hash: hash anew at the next sign-in.
    package func needsRehash(under policy: Argon2Parameters) -> Bool {
        parameters != policy
    }

    private static func number(_ text: Substring.UTF8View, after prefix: StaticString) -> UInt32? {
        guard text.starts(with: "\(prefix)".utf8) else { return nil }
        return UInt32(Substring(text.dropFirst(2)))
    }
}

extension PasswordHash: SQLConvertible {
    package var sqlValue: SQLValue { .text(text) }
}

extension PasswordHash: CustomStringConvertible, CustomReflectable {
    package var description: String { "[password hash]" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// libargon2, Argon2id version 1.3 (RFC 9106).
enum Argon2 {
    struct Failure: Error {
        let code: Int32
    }

    /// The hash of exactly these bytes, as a PHC string.
    static func hash(_ password: [UInt8], salt: [UInt8], parameters: Argon2Parameters) throws -> PasswordHash {
        let hashLength = 32
        let length = argon2_encodedlen(
            parameters.passes, parameters.memoryKiB, parameters.lanes, UInt32(salt.count), UInt32(hashLength), Argon2_id
        )
        var encoded = [CChar](repeating: 0, count: length)
        let code = argon2id_hash_encoded(
            parameters.passes, parameters.memoryKiB, parameters.lanes, password, password.count, salt, salt.count,
            hashLength, &encoded, encoded.count)
        guard code == ARGON2_OK.rawValue else { throw Failure(code: code) }
        return PasswordHash(String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// False for a wrong password; throws when the hash is malformed or memory is short.
    static func verify(_ password: [UInt8], against hash: PasswordHash) throws -> Bool {
        let code = argon2id_verify(hash.text, password, password.count)
        if code == ARGON2_OK.rawValue { return true }
        guard code == ARGON2_VERIFY_MISMATCH.rawValue else { throw Failure(code: code) }
        return false
    }
}
