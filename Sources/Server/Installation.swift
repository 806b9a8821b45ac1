import Foundation
import Logging
import OAuth
import Portal
import Storage
import Web

/// The parts of a running Gatewright, opened in the order in which they depend on each other.
struct Installation: Sendable {
    let settings: Settings
    let engine: SQLiteEngine
    let store: Store
    var site: Site

    static let now: @Sendable () -> Instant = { Instant(seconds: Int64(Date().timeIntervalSince1970)) }

    /// Opens database and keys, runs new migrations and loads the templates. Refuses to start rather than guess.
    static func open(_ settings: Settings, logger: Logger) async throws -> Installation {
        // Read beside all the rest, of which it needs nothing.
        async let outside = World.open(settings)
        try FileManager.default.createDirectory(
            atPath: settings.dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let engine = try SQLiteEngine(path: settings.databasePath)
        let applied = try Migrator(folder: settings.migrationsFolder).run(on: engine, at: now())
        for name in applied { logger.notice("migrated", metadata: ["file": "\(name)"]) }
        let keyring = try await keyring(settings, engine: engine, logger: logger)
        let database = try engine.settings()
        logger.notice("database open synchronous=\(database.synchronous)", metadata: ["sqlite": "\(database.library)"])
        if !database.isFixedForWALReset {
            logger.info("this SQLite has the WAL-reset bug; one connection does all writes, which avoids it")
        }
        let store = Store(engine: engine, keyring: keyring)
        let site = Site(
            settings: settings.site, store: store, passwords: try PasswordHasher(),
            passwordPolicy: try CommonPasswords.policy(settings.assetsFolder),
            renderer: try PageRenderer(
                templatesFolder: settings.templatesFolder, reload: settings.site.isDemo),
            outside: try await outside, now: now)
        return Installation(settings: settings, engine: engine, store: store, site: site)
    }

    private static func keyring(_ settings: Settings, engine: SQLiteEngine, logger: Logger) async throws -> Keyring {
        let isNew = !FileManager.default.fileExists(atPath: settings.keyFile)
        var random = SystemRandomNumberGenerator()
        let keys = try KeyFile.readOrCreate(
            settings.keyFile, isFirstStart: try !KeyCheck.hasRun(on: engine), using: &random)
        let keyring = try await KeyRotation.keyring(of: keys, for: engine, at: now())
        if isNew {
            logger.notice(
                "a master key was made; back it up apart from the database, which is worth nothing without it",
                metadata: ["file": "\(settings.keyFile)", "key": "\(keyring.activeID)"])
        }
        return keyring
    }
}
