import Foundation
import Storage

/// The store of a command: its own while nothing else has the database open, as a guest of the server that has.
struct OpenStore {
    let store: Store
    private let engine: any Engine

    static func open(_ settings: Settings) async throws -> OpenStore {
        let path = settings.databasePath
        guard FileManager.default.fileExists(atPath: path) else {
            throw CommandError("There is no database in \(settings.dataFolder). Start `gatewright serve` once.")
        }
        let migrator = Migrator(folder: settings.migrationsFolder)
        let keys = try KeyFile.read(settings.keyFile)
        let engine: any Engine
        do {
            let own = try SQLiteEngine(path: path)
            try migrator.run(on: own, at: Installation.now())
            engine = own
        } catch StorageError.locked {
            let guest = try SQLiteGuest(path: path)
            let missing = try migrator.missing(on: guest)
            guard missing.isEmpty else {
                throw CommandError("The running server is of an older version. Restart it first.")
            }
            engine = guest
        }
        let keyring = try KeyRotation.keyring(of: keys, beside: engine)
        try KeyCheck.inspect(engine, keyring)
        return OpenStore(store: Store(engine: engine, keyring: keyring), engine: engine)
    }

    func close() { engine.close() }
}
