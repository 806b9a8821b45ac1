import Broker
import HTTPTypes
import OAuth
import Storage

/// A list of connections on the wire, read and written out in pieces and with an end: each row may hold 64 KB of the
/// company's own.
struct ConnectionList {
    let store: Store
    let environment: BrokerEnvironment
    let filter: ConnectionFilter

    private static let piece = 200
    private static let most = 8 * 1024 * 1024

    /// - Parameters:
    ///   - offset: so many of the newest are skipped.
    ///   - row: in the shape that the caller reads.
    func json(offset: Int = 0, limit: Int, _ row: (ConnectionSummary) -> JSONText) throws -> [UInt8] {
        var bytes = Array(#"{"connections":["#.utf8)
        var count = 0
        var last: Int64?
        while count < limit {
            let size = min(Self.piece, limit - count)
            let found = try store.connections(
                of: environment, filter, before: last, offset: last == nil ? offset : 0, limit: size)
            for connection in found {
                if count > 0 { bytes.append(0x2C) }
                bytes += row(connection).bytes
                count += 1
            }
            guard bytes.count <= Self.most else {
                throw BrokerRefusal(
                    status: .badRequest, type: "list_too_large", nestedType: "invalid_query_params",
                    message: "The list is larger than 8 MB. Ask for it in parts: GET /connections with limit and page.")
            }
            guard found.count == size, let end = found.last else { break }
            last = end.number
        }
        return bytes + "]}".utf8
    }
}
