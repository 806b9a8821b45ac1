package import OAuth

/// A browser on which somebody has signed in before. Not a session: it proves nothing but that.
package struct KnownDevice: Sendable {
    package let person: ID<Entity.Person>
    /// What its own attempts are counted under.
    package let name: ID<Entity.Device>
}

extension Store {
    /// What a browser keeps after its person signed in, so that guesses from elsewhere cannot lock them out of it.
    /// Signed, not stored.
    ///
    /// - Parameter known: what it kept so far; its name stays if it is the same person's.
    package func deviceMark(for person: ID<Entity.Person>, keeping known: KnownDevice?) -> String {
        let name = known.flatMap { $0.person == person ? $0.name : nil }
        return deviceMark(for: person, named: name ?? .random())
    }

    private func deviceMark(for person: ID<Entity.Person>, named name: ID<Entity.Device>) -> String {
        let text = person.text + "." + name.text
        return text + "." + signature(of: text, for: "device")
    }

    /// The device of a mark that we made; nil for any other text.
    package func device(_ mark: String) -> KnownDevice? {
        let parts = mark.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard mark.utf8.count <= 200, parts.count == 3 else { return nil }
        let (person, name) = (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
        guard ConstantTime.equal(deviceMark(for: ID(person), named: ID(name)).utf8, mark.utf8) else { return nil }
        return KnownDevice(person: ID(person), name: ID(name))
    }
}
