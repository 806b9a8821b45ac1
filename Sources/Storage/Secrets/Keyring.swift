import Crypto
import Foundation
package import OAuth
import Synchronization

/// The keys in use: derives one for every purpose from the master key, and never gives any out.
package final class Keyring: Sendable {
    /// What seals and opens; changes when the key file does.
    private let sealing: Mutex<Sealing>
    /// What digests are derived from: the first master key for good, or no stored digest would be found again.
    private let digestRoot: MasterKey
    /// Derived and keyed once: either costs more than the digest itself.
    private let indexCodes = Mutex<[Purpose: HMAC<SHA256>]>([:])

    /// What digests are made for. A kind of secret goes by its type: nothing to put together for every request.
    private enum Purpose: Hashable {
        case secret(ObjectIdentifier)
        case text(String)
    }

    private struct Sealing {
        let active: MasterKey
        let known: [KeyID: MasterKey]
        /// Of each known key, HKDF's first step (RFC 5869 §2.2): it depends on nothing else, and is most of the work.
        let extracted: [KeyID: HMAC<SHA256>]

        init(_ keys: [MasterKey]) throws {
            guard let active = keys.first else { throw KeyError.malformed("") }
            self.active = active
            known = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            extracted = known.mapValues { master in
                let code = HKDF<SHA256>.extract(inputKeyMaterial: master.key, salt: [UInt8]())
                return HMAC(key: SymmetricKey(data: code))
            }
        }
    }

    /// - Parameters:
    ///   - keys: the active one first, then those that only open.
    ///   - digestRoot: the first key there was; nil when that is the active one.
    package init(_ keys: [MasterKey], digestRoot: MasterKey? = nil) throws {
        let sealing = try Sealing(keys)
        self.sealing = Mutex(sealing)
        self.digestRoot = digestRoot ?? sealing.active
    }

    package var activeID: KeyID { sealing.withLock { $0.active.id } }

    /// Seals under the first of these from now on. What was sealed under any of them opens.
    package func adopt(_ keys: [MasterKey]) throws {
        let new = try Sealing(keys)
        sealing.withLock { $0 = new }
    }

    /// The root of all digests, for keeping it sealed.
    var digestRootBytes: [UInt8] { digestRoot.id.bytes + digestRoot.key.withUnsafeBytes { Array($0) } }

    /// The digest a secret is kept under. Each kind has a key of its own, so a stored refresh token's digest is
    /// useless as an access token's.
    package func digest<Kind: SecretKind>(_ secret: Secret<Kind>) -> Digest {
        let code = indexCode(.secret(ObjectIdentifier(Kind.self)), info: "token-index-v1:" + Kind.prefix)
        return Digest(of: secret.reveal(), with: code)
    }

    /// The digest of other text that need not be kept in clear, such as a mail address in a throttle.
    package func digest(_ text: String, purpose: StaticString) -> Digest {
        let info = "text-index-v1:\(purpose)"
        return Digest(of: text, with: indexCode(.text(info), info: info))
    }

    private func indexCode(_ purpose: Purpose, info: @autoclosure () -> String) -> HMAC<SHA256> {
        indexCodes.withLock { codes in
            if let code = codes[purpose] { return code }
            let code = HMAC<SHA256>(key: digestRoot.derive(info()))
            codes[purpose] = code
            return code
        }
    }
}

extension Digest {
    /// HMAC-SHA256 (RFC 2104) of the text's bytes.
    fileprivate init(of text: String, with keyed: HMAC<SHA256>) {
        var code = keyed
        var text = text
        text.withUTF8 { code.update(data: $0) }
        self.init(trusted: code.finalize().withUnsafeBytes { Array($0) })
    }
}

extension MasterKey {
    /// HKDF-SHA256 (RFC 5869) without salt: the master key is uniformly random already.
    func derive(_ info: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Array(info.utf8), outputByteCount: 32)
    }
}

extension Keyring {
    /// Encrypts what is needed again in clear, bound to its place: moved to another row, column or table it does
    /// not open. AES-256-GCM as `0x01 | key id (8) | nonce (12) | ciphertext | tag (16)`.
    package func seal(_ bytes: [UInt8], table: StaticString, column: StaticString, row: String) throws -> [UInt8] {
        let place = Self.place(table, column, row)
        let (active, extracted) = sealing.withLock { ($0.active.id, $0.extracted[$0.active.id]) }
        guard let extracted else { throw KeyError.missing(active) }
        let box = try AES.GCM.seal(bytes, using: Self.key(from: extracted, at: place), authenticating: place)
        return [Self.version] + active.bytes + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    /// Decrypts; throws `KeyError.sealed` when it is not what was sealed for this place, and `.missing` when its key
    /// is not in the key file.
    package func open(_ sealed: [UInt8], table: StaticString, column: StaticString, row: String) throws -> [UInt8] {
        guard sealed.count >= 1 + 8 + 12 + 16, sealed.first == Self.version else { throw KeyError.sealed }
        let id = KeyID(trusted: Array(sealed[1..<9]))
        guard let extracted = sealing.withLock({ $0.extracted[id] }) else { throw KeyError.missing(id) }
        let place = Self.place(table, column, row)
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: sealed[9..<21]), ciphertext: sealed[21..<(sealed.count - 16)],
                tag: sealed[(sealed.count - 16)...])
            return Array(try AES.GCM.open(box, using: Self.key(from: extracted, at: place), authenticating: place))
        } catch is CryptoKitError {
            throw KeyError.sealed
        }
    }

    private static let version: UInt8 = 0x01

    /// A key for every place, so that random nonces never come near their limit: HKDF's second step (RFC 5869 §2.3),
    /// of which 32 bytes take one round.
    private static func key(from extracted: HMAC<SHA256>, at place: [UInt8]) -> SymmetricKey {
        var code = extracted
        code.update(data: Array("seal-v1:".utf8) + place + [1])
        return SymmetricKey(data: code.finalize())
    }

    /// Length-prefixed, so that no two places read the same.
    private static func place(_ table: StaticString, _ column: StaticString, _ row: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(12 + table.utf8CodeUnitCount + column.utf8CodeUnitCount + row.utf8.count)
        func append(count: Int) {
            withUnsafeBytes(of: UInt32(clamping: count).bigEndian) { bytes.append(contentsOf: $0) }
        }
        for name in [table, column] {
            append(count: name.utf8CodeUnitCount)
            name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }
        append(count: row.utf8.count)
        bytes.append(contentsOf: row.utf8)
        return bytes
    }

    /// What the database remembers a key by, to tell another key of the same name.
    func checkValue(of id: KeyID) -> Digest? {
        sealing.withLock { $0.known[id] }.map { Digest(of: "gatewright", with: HMAC(key: $0.derive("key-check-v1"))) }
    }
}
