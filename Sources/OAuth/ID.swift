/// The name of one row. Typed by what it names, so a tenant's ID cannot be passed where a person's belongs.
///
/// Not secret and not a permission. Equal when the bytes are (Swift's `String ==` would equate canonical
/// equivalents, which the database does not).
package struct ID<Entity>: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// `<prefix>_` and 16 random base62 digits (95 bits).
    package static func random(prefix: String, using random: inout some RandomNumberGenerator) -> Self {
        Self(prefix + "_" + Base62.draw(16, using: &random))
    }

    package static func == (a: Self, b: Self) -> Bool { a.text.isSame(as: b.text) }

    package func hash(into hasher: inout Hasher) {
        let whole: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if whole == nil { for byte in text.utf8 { hasher.combine(byte) } }
    }
}

extension ID where Entity: EntityTag {
    /// A new ID with the prefix of what it names.
    package static func random(using random: inout some RandomNumberGenerator) -> Self {
        Self.random(prefix: Entity.prefix, using: &random)
    }
}

extension ID where Entity: EntityTag {
    /// A new ID that sorts by when it was made: 6 digits of seconds and 10 random ones (59 bits) after the prefix.
    ///
    /// For rows that are made by the thousand: their neighbours in the index are the newest, so a transaction writes
    /// a few pages instead of one for each row. It names a row and opens nothing, so being guessable in part is no loss.
    ///
    /// - Parameter turn: a number that rises with every call, for rows made by the hundred within one second; it takes
    ///   the place of the first 4 random digits.
    package static func ordered(
        at now: Instant, turn: UInt32? = nil, using random: inout some RandomNumberGenerator
    ) -> Self {
        let seconds = UInt32(truncatingIfNeeded: max(0, now.seconds))
        let time = String(decoding: Base62.encode(seconds, width: 6), as: UTF8.self)
        guard let turn else { return Self(Entity.prefix + "_" + time + Base62.draw(10, using: &random)) }
        let place = String(decoding: Base62.encode(turn % Self.turns, width: 4), as: UTF8.self)
        return Self(Entity.prefix + "_" + time + place + Base62.draw(6, using: &random))
    }

    /// What no ordered ID of this moment or a later one sorts before, and every earlier one does.
    package static func least(at moment: Instant) -> Self {
        let seconds = UInt32(truncatingIfNeeded: min(max(0, moment.seconds), Int64(UInt32.max)))
        return Self(Entity.prefix + "_" + String(decoding: Base62.encode(seconds, width: 6), as: UTF8.self))
    }

    /// 4 digits of them.
    private static var turns: UInt32 { 62 * 62 * 62 * 62 }
}

extension ID: CustomStringConvertible {
    package var description: String { text }
}
