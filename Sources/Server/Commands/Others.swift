import ArgumentParser
import Foundation
import Logging
import OAuth
import Storage
import Web

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring the database's schema up to date, and stop.")

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        let installation = try await Installation.open(settings, logger: Output.logger(settings.logLevel))
        installation.engine.close()
        print("The database is up to date.")
    }
}

struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill an empty data folder with the demo's cast, and stop.",
        discussion: "Writes demo.json beside the database. `serve` in demo mode does this by itself.")

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        guard settings.site.isDemo else { throw SettingsError("Seeding is for demos: set GATEWRIGHT_MODE=demo.") }
        let installation = try await Installation.open(settings, logger: Output.logger(settings.logLevel))
        let demo = try await Demo.prepare(installation)
        installation.engine.close()
        print(demo.curl)
    }
}

struct Routes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print every address that the server answers.")

    func run() async throws {
        let folder = NSTemporaryDirectory() + "gatewright-routes-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = try Settings.fromEnvironment()
        settings.useScratch(folder)
        let installation = try await Installation.open(settings, logger: Output.logger(.error))
        for route in installation.site.routeTable() { print("\(route.method.padding(to: 7))\(route.path)") }
        installation.engine.close()
    }
}
