import ArgumentParser
import Storage

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring the database's schema up to date, and stop.")

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        let installation = try await Installation.open(settings, logger: Output.logger(settings.logLevel))
        installation.engine.close()
        Output.say("The database is up to date.")
    }
}
