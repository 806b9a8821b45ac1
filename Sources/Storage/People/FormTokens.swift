extension Store {
    /// The token of forms shown to the holder of `seed` (a session or a visitor's cookie): derived under a key that
    /// is not in the browser, so nothing is stored and nobody else can make one.
    package func formToken(for seed: String) -> String { keyring.digest(seed, purpose: "form").hex }

    /// Compares in constant time.
    package func isFormToken(_ token: String, for seed: String) -> Bool {
        Self.areEqual(formToken(for: seed), token)
    }

    /// In a time that depends on their lengths only.
    static func areEqual(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
