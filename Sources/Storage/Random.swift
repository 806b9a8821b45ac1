package import OAuth

// The protocol takes chance as an argument; here, at the edge, it is the system's.

extension ID where Entity: EntityTag {
    static func random() -> Self {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }
}

extension Secret {
    package static func random() -> Self {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }
}
