import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import Portal
import Storage

/// A log as a file. It is read a thousand events at a time while it is sent, so that no size of it fills the memory.
struct AuditExport: Sendable {
    enum Format: String, Sendable { case csv, json }

    let store: Store
    let scope: AuditScope
    let filter: AuditFilter
    let format: Format

    /// Events in one file; the page says so.
    static let most = 50_000
    private static let atOnce = 1000

    func response(named name: String) -> Response {
        let type = format == .csv ? "text/csv; charset=utf-8" : "application/json"
        return Response(
            status: .ok,
            headers: [
                .contentType: type, .contentDisposition: "attachment; filename=\"\(name).\(format.rawValue)\"",
                .cacheControl: "no-store",
            ],
            body: ResponseBody { writer in
                try await write(to: &writer)
                try await writer.finish(nil)
            })
    }

    private func write(to writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(ByteBuffer(bytes: format == .csv ? CSV.line(columns) : Array("[".utf8)))
        var names = Names(store: store)
        var place: Int64?
        var written = 0
        repeat {
            let page = try store.auditPage(
                scope, filter, before: place, limit: min(Self.atOnce, Self.most - written))
            var bytes: [UInt8] = []
            for entry in page.entries {
                switch format {
                case .csv: bytes += CSV.line(try cells(of: entry, &names))
                case .json:
                    bytes += Array((written == 0 && bytes.isEmpty ? "\n" : ",\n").utf8)
                    bytes += try json(of: entry, &names)
                }
            }
            try await writer.write(ByteBuffer(bytes: bytes))
            written += page.entries.count
            place = page.next
        } while place != nil && written < Self.most
        if format == .json { try await writer.write(ByteBuffer(string: "\n]\n")) }
    }

    /// Names of workspaces, each looked up once.
    private struct Names {
        let store: Store
        private var known: [ID<Entity.Tenant>: String] = [:]

        init(store: Store) { self.store = store }

        /// Empty for the installation's own events, and for those of a workspace that is gone.
        mutating func name(_ tenant: ID<Entity.Tenant>?) throws -> String {
            guard let tenant else { return "" }
            if let name = known[tenant] { return name }
            let name = try store.tenant(tenant)?.name ?? ""
            known[tenant] = name
            return name
        }
    }

    /// Of which workspace an event is, is said where there are several.
    private var saysWhere: Bool {
        if case .tenant = scope { false } else { true }
    }

    private var columns: [String] {
        [
            "time", "number", "action", "what", "actor kind", "actor", "actor id", "subject kind", "subject",
            "subject id", "details", "address", "hash",
        ] + (saysWhere ? ["workspace", "workspace id"] : [])
    }

    private func cells(of entry: AuditEntry, _ names: inout Names) throws -> [String] {
        [
            CivilDate(entry.at).iso, String(entry.sequence), entry.action, entry.title, entry.actor.kind.rawValue,
            entry.actor.name, entry.actor.id, entry.subjectKind, entry.subjectName, entry.subjectID,
            entry.detail.map { "\($0.name): \($0.value)" }.joined(separator: "; "), entry.address, entry.hash,
        ] + (saysWhere ? [try names.name(entry.tenant), entry.tenant?.text ?? ""] : [])
    }

    private func json(of entry: AuditEntry, _ names: inout Names) throws -> [UInt8] {
        let workspace = saysWhere ? try names.name(entry.tenant) : ""
        var json = JSONWriter()
        json.object {
            $0.field("time", CivilDate(entry.at).iso)
            $0.field("number", entry.sequence)
            $0.field("action", entry.action)
            $0.field("actor_kind", entry.actor.kind.rawValue)
            $0.field("actor", entry.actor.name)
            $0.field("actor_id", entry.actor.id)
            $0.field("subject_kind", entry.subjectKind)
            $0.field("subject", entry.subjectName)
            $0.field("subject_id", entry.subjectID)
            $0.key("details")
            $0.array { list in
                for detail in entry.detail {
                    list.object {
                        $0.field("name", detail.name)
                        $0.field("value", detail.value)
                    }
                }
            }
            $0.field("address", entry.address)
            $0.field("hash", entry.hash)
            guard saysWhere else { return }
            $0.field("workspace", workspace)
            $0.field("workspace_id", entry.tenant?.text ?? "")
        }
        return json.bytes
    }
}

/// RFC 4180, and safe for spreadsheets: a cell that would begin a formula there gets an apostrophe in front.
enum CSV {
    static func line(_ cells: [String]) -> [UInt8] {
        cells.map(cell).joined(separator: [UInt8(ascii: ",")]) + [0x0D, 0x0A]
    }

    static func cell(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        if beginsFormula(text) { bytes.append(UInt8(ascii: "'")) }
        for byte in text.utf8 {
            switch byte {
            case 0x00: bytes += Array("\u{FFFD}".utf8)
            case UInt8(ascii: "\""): bytes += [byte, byte]
            default: bytes.append(byte)
            }
        }
        return bytes + [UInt8(ascii: "\"")]
    }

    /// Spreadsheets pass over blanks, and read the full-width signs as the others.
    private static func beginsFormula(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        if let first = scalars.first, first == "\t" || first == "\r" || first == "\n" || first == "\0" { return true }
        guard let first = scalars.first(where: { !$0.properties.isWhitespace }) else { return false }
        return ["=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\t", "\r"].contains(first)
    }
}
