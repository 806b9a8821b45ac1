package enum ConstantTime {
    /// Whether two byte strings are equal, in a time that depends on their lengths only.
    ///
    /// Of arrays and not of any collection: a generic function of another module is not made for its caller's types, each
    /// byte asks the runtime what it is, and comparing two digests costs more than looking a token up.
    package static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The same for what is compared once in a request.
    package static func equal(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        equal(Array(a), Array(b))
    }
}
