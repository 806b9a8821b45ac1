/// A secret of ours that somebody found lying about.
package enum FoundSecret: Sendable {
    case access(Secret<AccessToken>)
    case refresh(Secret<RefreshToken>)
    case developer(Secret<DeveloperToken>)
    case client(Secret<ClientSecretKind>)
    case environment(Secret<EnvironmentKey>)

    /// Every secret in some text, each once, whatever stands around it: a report may be a form, JSON of any shape, or
    /// the file in which the secret was found. Prefix, length and checksum tell ours from all else.
    package static func all(in bytes: [UInt8]) -> [FoundSecret] {
        let prefix = Array("gw_".utf8)
        var found: [FoundSecret] = []
        var seen: Set<String> = []
        var start = 0
        while let at = bytes[start...].firstIndex(of: UInt8(ascii: "g")) {
            start = at + 1
            let candidate = bytes[at...].prefix(length)
            guard found.count < most, candidate.count == length, candidate.starts(with: prefix),
                let text = String(validating: candidate, as: UTF8.self), seen.insert(text).inserted,
                let secret = FoundSecret(text)
            else { continue }
            found.append(secret)
        }
        return found
    }

    /// The most that one report may name.
    package static let most = 100

    /// Of the kinds that are looked for: `gw_xx_`, the random part and its checksum.
    private static let length = 6 + SecretText.bodyLength + SecretText.checksumLength

    private init?(_ text: String) {
        if let secret = Secret<AccessToken>(text) {
            self = .access(secret)
        } else if let secret = Secret<RefreshToken>(text) {
            self = .refresh(secret)
        } else if let secret = Secret<DeveloperToken>(text) {
            self = .developer(secret)
        } else if let secret = Secret<ClientSecretKind>(text) {
            self = .client(secret)
        } else if let secret = Secret<EnvironmentKey>(text) {
            self = .environment(secret)
        } else {
            return nil
        }
    }
}
