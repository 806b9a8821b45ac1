package enum ConstantTime {
    /// Whether two byte strings are equal, in a time that depends on their lengths only.
    ///
    /// Inlinable, so that callers elsewhere get one made for their types: without, each byte asks the runtime what it is,
    /// and comparing two digests costs more than looking one up.
    @inlinable
    package static func equal(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
