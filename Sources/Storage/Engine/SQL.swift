/// A statement: text from the source code and values bound to it.
///
///     let sql: SQL = "SELECT name FROM tenants WHERE slug = \(slug)"
///
/// It binds and never splices. The text is made of `StaticString` pieces, so nothing computed can become part of
/// it: the compiler refuses, not a review.
package struct SQL: Sendable {
    fileprivate(set) var pieces: [Piece]

    enum Piece: Sendable {
        case text(StaticString)
        case value(SQLValue)
    }

    /// How a database writes the place of a value. SQLite's is what runs; the other keeps queries fit for PostgreSQL.
    package enum PlaceholderStyle: Sendable {
        /// `?` (SQLite)
        case question
        /// `$1`, `$2`, … (PostgreSQL)
        case dollar
    }

    /// The statement's text with a placeholder for every value, and the values in their order.
    package func render(_ style: PlaceholderStyle) -> (text: String, values: [SQLValue]) {
        var text: [UInt8] = []
        text.reserveCapacity(256)
        var values: [SQLValue] = []
        for piece in pieces {
            switch piece {
            case .text(let literal):
                literal.withUTF8Buffer { text.append(contentsOf: $0) }
            case .value(let value):
                values.append(value)
                switch style {
                case .question: text.append(UInt8(ascii: "?"))
                case .dollar: text.append(contentsOf: "$\(values.count)".utf8)
                }
            }
        }
        return (String(decoding: text, as: UTF8.self), values)
    }
}

extension SQL {
    /// A statement's text without its values, told apart by where in the program its pieces stand: what a connection
    /// keeps prepared statements under. Nothing is put together or read through to find one.
    struct Text: Hashable {
        private let pieces: [Piece]

        init(_ sql: SQL) { pieces = sql.pieces }

        static func == (a: Self, b: Self) -> Bool {
            a.pieces.count == b.pieces.count && zip(a.pieces, b.pieces).allSatisfy { $0.place == $1.place }
        }

        func hash(into hasher: inout Hasher) {
            for piece in pieces { hasher.combine(piece.place) }
        }
    }
}

extension SQL.Piece {
    /// Where its text is, 0 for a value. A literal of one character may be kept without an address: its code then.
    fileprivate var place: UInt {
        guard case .text(let literal) = self else { return 0 }
        return literal.hasPointerRepresentation
            ? UInt(bitPattern: literal.utf8Start) : UInt(literal.unicodeScalar.value)
    }
}

extension SQL: ExpressibleByStringInterpolation {
    package init(stringLiteral text: StaticString) {
        pieces = [.text(text)]
    }

    package init(stringInterpolation: StringInterpolation) {
        pieces = stringInterpolation.pieces
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var pieces: [Piece] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount * 2 + 1)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            pieces.append(.text(literal))
        }

        /// Binds the value.
        package mutating func appendInterpolation(_ value: some SQLConvertible) {
            pieces.append(.value(value.sqlValue))
        }

        /// Binds the value, or NULL. Of its own, so that the compiler knows that an optional is meant.
        package mutating func appendInterpolation(_ value: (some SQLConvertible)?) {
            pieces.append(.value(value.sqlValue))
        }

        /// Puts another statement's text and values here.
        package mutating func appendInterpolation(fragment: SQL) {
            pieces.append(contentsOf: fragment.pieces)
        }

        /// Puts a table's or a column's name here, from the source code like everything else.
        mutating func appendInterpolation(name: StaticString) {
            pieces.append(.text(name))
        }

        /// Binds every element, separated by commas: `WHERE id IN (\(list: ids))`.
        /// An empty list becomes `NULL`, so `IN` finds nothing (and `NOT IN` finds nothing either).
        package mutating func appendInterpolation(list: some Sequence<some SQLConvertible>) {
            var first = true
            for value in list {
                if !first { pieces.append(.text(", ")) }
                first = false
                pieces.append(.value(value.sqlValue))
            }
            if first { pieces.append(.text("NULL")) }
        }
    }
}
