import ArgumentParser

@main
struct Gatewright: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatewright",
        abstract: "A developer platform in one small server.",
        discussion: "Settings come from the environment; docs/operating.md lists them all.",
        subcommands: [
            Serve.self, Migrate.self, Seed.self, Routes.self, Operators.self, Keys.self, Providers.self, Backup.self,
            Check.self,
        ],
        defaultSubcommand: Serve.self)
}
