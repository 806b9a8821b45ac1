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

    init(_ names: [String]) {
        bytes = names.flatMap(\.utf8)
        ends = names.reduce(into: []) { $0.append(($0.last ?? 0) + $1.utf8.count) }
    }

    /// Lengths first: most names differ in theirs, so few are looked at.
    func index(of name: StaticString) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            name.withUTF8Buffer { wanted in
                var start = 0
                for index in ends.indices {
                    let end = ends[index]
                    if end - start == wanted.count, Self.isSame(bytes, from: start, as: wanted) { return index }
                    start = end
                }
                return nil
            }
        }
    }

    /// Byte by byte: names are short, and mostly part at the first.
    private static func isSame(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, as wanted: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        for place in wanted.indices where bytes[start + place] != wanted[place] { return false }
        return true
    }
}
