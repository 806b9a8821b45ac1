extension Store {
    /// The token of forms shown to the holder of `seed` (a session or a visitor's cookie): derived under a key that
    /// is not in the browser, so nothing is stored and nobody else can make one.
    package func formToken(for seed: String) -> String { keyring.digest(seed, purpose: "form").hex }

    /// Compares in constant time.
    package func isFormToken(_ token: String, for seed: String) -> Bool {
        let expected = Array(formToken(for: seed).utf8)
        let given = Array(token.utf8)
        guard given.count == expected.count else { return false }
        return zip(given, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
