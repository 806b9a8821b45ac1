import Crypto
import Foundation
package import OAuth

/// Brings the schema up to date from a folder of plain SQL files, run in the order of their names, each in a
/// transaction. Files are append-only: one that changed after it ran is refused.
package struct Migrator: Sendable {
    private let folder: String

    /// - Parameter folder: such as `Migrations/sqlite`.
    package init(folder: String) {
        self.folder = folder
    }

    /// Runs what has not run yet; the names of those. Throws `MigrationError` before it changes anything when the
    /// database and the folder do not fit together.
    @discardableResult
    package func run(on engine: some Engine, at now: Instant) throws -> [String] {
        let files = try self.files()
        let applied = try engine.migrate { connection in
            try connection.script(Self.table)
            return try connection.rows("SELECT name, checksum FROM schema_migrations ORDER BY name")
                .map { (name: try $0.text("name"), checksum: try $0.blob("checksum")) }
        }
        try check(applied, against: files)
        let missing = files.dropFirst(applied.count)
        for file in missing { try apply(file, on: engine, at: now) }
        return missing.map(\.name)
    }

    /// The names of what has not run on this database. Changes nothing, and throws like `run` when the two do not fit.
    package func missing(on engine: some Engine) throws -> [String] {
        let files = try self.files()
        let applied = try engine.read { connection in
            try connection.rows("SELECT name, checksum FROM schema_migrations ORDER BY name")
                .map { (name: try $0.text("name"), checksum: try $0.blob("checksum")) }
        }
        try check(applied, against: files)
        return files.dropFirst(applied.count).map(\.name)
    }

    private static let table = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            name TEXT NOT NULL PRIMARY KEY,
            checksum BLOB NOT NULL CHECK (length(checksum) = 32),
            applied_at INTEGER NOT NULL
        ) STRICT;
        """

    private struct File {
        let name: String
        let text: String
        let checksum: [UInt8]
    }

    private func files() throws -> [File] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw MigrationError.folder(folder)
        }
        let files = try names.filter { $0.utf8.suffix(4).elementsEqual(".sql".utf8) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .map { name in
                guard let data = FileManager.default.contents(atPath: folder + "/" + name),
                    let text = String(validating: data, as: UTF8.self)
                else { throw MigrationError.unreadable(name) }
                return File(name: name, text: text, checksum: Array(SHA256.hash(data: data)))
            }
        guard !files.isEmpty else { throw MigrationError.folder(folder) }
        return files
    }

    /// What ran must be exactly the first files, unchanged.
    private func check(_ applied: [(name: String, checksum: [UInt8])], against files: [File]) throws {
        for (index, ran) in applied.enumerated() {
            guard let file = files.first(where: { $0.name.utf8.elementsEqual(ran.name.utf8) }) else {
                throw MigrationError.unknown(ran.name)
            }
            guard file.checksum == ran.checksum else { throw MigrationError.edited(ran.name) }
            guard files[index].name.utf8.elementsEqual(ran.name.utf8) else {
                throw MigrationError.outOfOrder(files[index].name, after: ran.name)
            }
        }
    }

    private func apply(_ file: File, on engine: some Engine, at now: Instant) throws {
        do {
            try engine.migrate { connection in
                try connection.script(file.text)
                try connection.run(
                    """
                    INSERT INTO schema_migrations (name, checksum, applied_at)
                    VALUES (\(file.name), \(file.checksum), \(now))
                    """)
            }
        } catch let error as StorageError where !error.isUnavailable {
            throw MigrationError.failed(file.name, "\(error)")
        }
    }
}

/// Why the server must not start on this database with these migrations.
package enum MigrationError: Error, Equatable, Sendable {
    /// The folder cannot be read or holds no `.sql` file.
    case folder(String)
    case unreadable(String)
    /// The file is not what once ran.
    case edited(String)
    /// The database was migrated by a newer version.
    case unknown(String)
    /// A file that has not run sorts before one that has.
    case outOfOrder(String, after: String)
    case failed(String, String)
}

extension MigrationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .folder(let path): "no migrations in \(path); GATEWRIGHT_ASSETS names the folder that holds Migrations/"
        case .unreadable(let name): "migration \(name) cannot be read as UTF-8 text"
        case .edited(let name):
            "migration \(name) was edited after it ran on this database; restore the file and add a new migration"
        case .unknown(let name):
            "this database was migrated by a newer Gatewright (\(name) is not known here); start that version"
        case .outOfOrder(let name, let later): "migration \(name) has not run but sorts before \(later), which has"
        case .failed(let name, let why): "migration \(name) failed and was rolled back: \(why)"
        }
    }
}
