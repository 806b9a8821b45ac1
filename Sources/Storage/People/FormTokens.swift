import OAuth

extension Store {
    /// The token of forms shown to the holder of `seed` (a session or a visitor's cookie): derived under a key that
    /// is not in the browser, so nothing is stored and nobody else can make one.
    package func formToken(for seed: String) -> String { signature(of: seed, for: "form") }

    /// Compares in constant time.
    package func isFormToken(_ token: String, for seed: String) -> Bool {
        ConstantTime.equal(formToken(for: seed).utf8, token.utf8)
    }

    /// What shows later that a text is our own: 64 digits that nobody can make without the key.
    ///
    /// - Parameter purpose: what it shows; one purpose never serves another.
    package func signature(of text: String, for purpose: StaticString) -> String {
        keyring.digest(text, purpose: purpose).hex
    }
}
