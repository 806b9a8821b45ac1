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
        let place = SealedPlace(table, column, row)
        let (active, extracted) = sealing.withLock { ($0.active.id, $0.extracted[$0.active.id]) }
        guard let extracted else { throw KeyError.missing(active) }
        let box = try AES.GCM.seal(bytes, using: place.key(from: extracted), authenticating: place.name)
        return [Self.version] + active.bytes + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    /// Decrypts; throws `KeyError.sealed` when it is not what was sealed for this place, and `.missing` when its key
    /// is not in the key file.
    package func open(_ sealed: [UInt8], table: StaticString, column: StaticString, row: String) throws -> [UInt8] {
        guard sealed.count >= 1 + 8 + 12 + 16, sealed.first == Self.version else { throw KeyError.sealed }
        let id = KeyID(trusted: Array(sealed[1..<9]))
        guard let extracted = sealing.withLock({ $0.extracted[id] }) else { throw KeyError.missing(id) }
        let place = SealedPlace(table, column, row)
        do {
            let box = try AES.GCM.SealedBox(combined: sealed[9...])
            return Array(try AES.GCM.open(box, using: place.key(from: extracted), authenticating: place.name))
        } catch is CryptoKitError {
            throw KeyError.sealed
        }
    }

    private static let version: UInt8 = 0x01

    /// What the database remembers a key by, to tell another key of the same name.
    func checkValue(of id: KeyID) -> Digest? {
        sealing.withLock { $0.known[id] }.map { Digest(of: "gatewright", with: HMAC(key: $0.derive("key-check-v1"))) }
    }
}

/// Where something sealed is kept: what it is bound to, and what its key is made of.
private struct SealedPlace {
    /// What HKDF's second step is given: a label, the place, and the number of the round (RFC 5869 §2.3).
    private let info: [UInt8]
    /// The place alone, with the length before each part so that no two places read the same.
    var name: ArraySlice<UInt8> { info[Self.label.utf8CodeUnitCount..<(info.count - 1)] }

    private static let label: StaticString = "seal-v1:"

    init(_ table: StaticString, _ column: StaticString, _ row: String) {
        var info: [UInt8] = []
        info.reserveCapacity(64 + table.utf8CodeUnitCount + column.utf8CodeUnitCount + row.utf8.count)
        func append(part bytes: UnsafeBufferPointer<UInt8>) {
            let count = UInt32(clamping: bytes.count)
            for shift: UInt32 in [24, 16, 8, 0] { info.append(UInt8(truncatingIfNeeded: count >> shift)) }
            info.append(contentsOf: bytes)
        }
        Self.label.withUTF8Buffer { info.append(contentsOf: $0) }
        table.withUTF8Buffer(append(part:))
        column.withUTF8Buffer(append(part:))
        var row = row
        row.withUTF8(append(part:))
        info.append(1)
        self.info = info
    }

    /// A key for every place, so that random nonces never come near their limit: HKDF's second step, of which 32 bytes
    /// take one round.
    func key(from extracted: HMAC<SHA256>) -> SymmetricKey {
        var code = extracted
        code.update(data: info)
        return SymmetricKey(data: code.finalize())
    }
}
