package import OAuth

/// Names a column of a row, by its name in the statement or by its place from 0.
package struct Column: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, Sendable {
    fileprivate enum Place: Sendable {
        case name(StaticString)
        case index(Int)
    }
    fileprivate let place: Place

    package init(stringLiteral name: StaticString) { place = .name(name) }
    package init(integerLiteral index: Int) { place = .index(index) }
}

/// One row of a result, already read.
///
/// A column that is not there or holds another type is a programming error: it throws `StorageError.column`,
/// because a trap would take every tenant down.
package struct Row: Sendable {
    let columns: ColumnNames
    let values: [SQLValue]

    package func value(_ column: Column) throws -> SQLValue {
        switch column.place {
        case .index(let index):
            guard values.indices.contains(index) else { throw StorageError.column(column, "is not in the row") }
            return values[index]
        case .name(let name):
            guard let index = columns.index(of: name) else { throw StorageError.column(column, "is not in the row") }
            return values[index]
        }
    }

    /// In bytes, of its texts and blobs together.
    var size: Int {
        values.reduce(0) { sum, value in
            switch value {
            case .null, .integer: sum
            case .text(let text): sum + text.utf8.count
            case .blob(let bytes): sum + bytes.count
            }
        }
    }

    package func isNull(_ column: Column) throws -> Bool {
        try value(column) == .null
    }

    package func optionalText(_ column: Column) throws -> String? {
        switch try value(column) {
        case .null: return nil
        case .text(let text): return text
        default: throw StorageError.column(column, "is not text")
        }
    }

    package func optionalInteger(_ column: Column) throws -> Int64? {
        switch try value(column) {
        case .null: return nil
        case .integer(let integer): return integer
        default: throw StorageError.column(column, "is not an integer")
        }
    }

    package func optionalBlob(_ column: Column) throws -> [UInt8]? {
        switch try value(column) {
        case .null: return nil
        case .blob(let bytes): return bytes
        default: throw StorageError.column(column, "is not a blob")
        }
    }

    package func text(_ column: Column) throws -> String { try required(optionalText(column), column) }
    package func integer(_ column: Column) throws -> Int64 { try required(optionalInteger(column), column) }
    package func blob(_ column: Column) throws -> [UInt8] { try required(optionalBlob(column), column) }

    /// 64 bits, as `integer`, for counts and lengths.
    package func int(_ column: Column) throws -> Int { Int(truncatingIfNeeded: try integer(column)) }

    /// 0 is false, anything else true.
    package func boolean(_ column: Column) throws -> Bool { try integer(column) != 0 }

    package func instant(_ column: Column) throws -> Instant { Instant(seconds: try integer(column)) }
    package func optionalInstant(_ column: Column) throws -> Instant? {
        try optionalInteger(column).map { Instant(seconds: $0) }
    }

    /// `let tenant: ID<Entity.Tenant> = try row.id("tenant_id")`
    package func id<Entity>(_ column: Column) throws -> ID<Entity> { ID(try text(column)) }
    package func optionalID<Entity>(_ column: Column) throws -> ID<Entity>? {
        try optionalText(column).map { ID($0) }
    }

    private func required<Value>(_ value: Value?, _ column: Column) throws -> Value {
        guard let value else { throw StorageError.column(column, "is null") }
        return value
    }
}

extension Column: CustomStringConvertible {
    package var description: String {
        switch place {
        case .name(let name): "\(name)"
        case .index(let index): "\(index)"
        }
    }
}

/// The names of a statement's columns, read once and shared by its rows.
final class ColumnNames: Sendable {
    private let bytes: [UInt8]
    private let ends: [Int]
    /// Under what two bytes and the length of a name say, its column; -1 where there is none, or more than one.
    private let places: [Int8]

    init(_ names: [String]) {
        bytes = names.flatMap(\.utf8)
        ends = names.reduce(into: []) { $0.append(($0.last ?? 0) + $1.utf8.count) }
        var places = [Int8](repeating: -1, count: Self.placeCount)
        var taken: Set<Int> = []
        for (index, name) in names.enumerated() {
            guard let column = Int8(exactly: index) else { break }
            var name = name
            let place = name.withUTF8(Self.place)
            places[place] = taken.insert(place).inserted ? column : -1
        }
        self.places = places
    }

    /// Of columns of one name, the first.
    func index(of name: StaticString) -> Int? {
        name.withUTF8Buffer { wanted in
            bytes.withUnsafeBufferPointer { bytes in
                let guess = Int(places[Self.place(of: wanted)])
                if guess >= 0, isName(of: guess, wanted, in: bytes) { return guess }
                return ends.indices.first { isName(of: $0, wanted, in: bytes) }
            }
        }
    }

    private static let placeCount = 128

    private static func place(of name: UnsafeBufferPointer<UInt8>) -> Int {
        guard let first = name.first, let last = name.last else { return 0 }
        return (Int(first) &* 7 &+ Int(last) &* 31 &+ name.count &* 17) & (placeCount - 1)
    }

    private func isName(
        of index: Int, _ wanted: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let start = index == 0 ? 0 : ends[index - 1]
        guard ends[index] - start == wanted.count else { return false }
        for place in wanted.indices where bytes[start + place] != wanted[place] { return false }
        return true
    }
}
