import ArgumentParser
import Storage
import Web

struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill an empty data folder with the demo's cast, and stop.",
        discussion: "Writes demo.json beside the database. `serve` in demo mode does this by itself.")

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        guard settings.site.isDemo else { throw CommandError("Seeding is for demos: set GATEWRIGHT_MODE=demo.") }
        let installation = try await Installation.open(settings, logger: Output.logger(settings.logLevel))
        let demo = try await Demo.prepare(installation)
        installation.engine.close()
        Output.say(demo.curl)
    }
}
