package import OAuth

/// How a connect request shows that the company's backend wants it.
package enum ConnectProof: Hashable, Sendable {
    /// Nothing was asked for and nothing came.
    case none
    /// The digest of the wire format, over integration and connection ID.
    case digest
    /// Every parameter signed; the nonce may be spent once, and is to be remembered until then.
    case signed(nonce: String, until: Instant)
}

extension ConnectAsk {
    /// Checks digest or signature against the environment's keys. Where HMAC is not required a digest is not looked
    /// at (the wire's clients send it before the switch is turned), but a signature that is sent must hold. For an
    /// integration whose key has a colon, only a signature says enough.
    ///
    /// - Parameter keys: all that count at the moment; two while one replaces the other.
    package func proof(
        integration: String, isRequired: Bool, keys: [String], at now: Instant
    ) -> Result<ConnectProof, ConnectRefusal> {
        if let signature { return proof(signature, integration, keys, at: now) }
        // `a:b` and `c` have the digest of `a` and `b:c`: it could be a stranger's, for another integration.
        guard !integration.utf8.contains(0x3A) else {
            return isRequired ? .failure(ConnectRefusal(.ambiguousDigest)) : .success(.none)
        }
        guard let digest else { return isRequired ? .failure(ConnectRefusal(.missingDigest)) : .success(.none) }
        // Every key is tried: the time taken says nothing of which one fits.
        let fitting = keys.filter {
            ConnectDigest.verify(digest, integration: integration, connection: connectionID, key: $0)
        }
        guard fitting.isEmpty else { return .success(.digest) }
        return isRequired ? .failure(ConnectRefusal(.invalidDigest)) : .success(.none)
    }

    private func proof(
        _ signature: String, _ integration: String, _ keys: [String], at now: Instant
    ) -> Result<ConnectProof, ConnectRefusal> {
        // The path says which integration; a parameter of that name would be a second opinion.
        guard !signed.contains(where: { $0.name.utf8.elementsEqual("integration".utf8) }),
            Set(signed.map { Array($0.name.utf8) }).count == signed.count,
            signed.allSatisfy({ $0.name.utf8.allSatisfy(Self.isNameByte) })
        else { return .failure(ConnectRefusal(.invalidDigest)) }
        let fields = signed + [(name: "integration", value: integration)]
        var refusal = ConnectRefusal(.invalidDigest)
        for key in keys {
            switch SignedConnect.verify(fields, signature: signature, key: key, at: now) {
            case .success(let spent): return .success(.signed(nonce: spent.nonce, until: spent.until))
            case .failure(.expired), .failure(.tooFarAhead): refusal = ConnectRefusal(.expiredSignature)
            case .failure: break
            }
        }
        return .failure(refusal)
    }

    /// Names stand in the signed message as they are: one with a line break or an equals sign could pass for two.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5B, 0x5D, 0x5F: true
        default: false
        }
    }
}
