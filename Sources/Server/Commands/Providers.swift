import ArgumentParser
import Broker
import Foundation

struct Providers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after the catalogue of providers.", subcommands: [CheckProviders.self, ListProviders.self])
}

struct CheckProviders: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read provider files and say everything that is wrong with them.",
        discussion: """
            Each mistake is named with its line and its place in the entry. The exit status is 1 when there is any.

              gatewright providers check our-providers.yaml
            """)

    @Argument(help: "Provider files (YAML).", completion: .file(extensions: ["yaml", "yml"]))
    var files: [String]

    func run() throws {
        var seen: [String: String] = [:]
        var isBad = false
        for path in files {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                Output.say("\(path): cannot be read as UTF-8 text")
                isBad = true
                continue
            }
            let file = ProviderFile(text)
            for problem in file.problems { Output.say("\(path): \(problem)") }
            for provider in file.providers {
                if let other = seen.updateValue(path, forKey: provider.key) {
                    Output.say("\(path): \(provider.key): stands in \(other) too")
                    isBad = true
                }
            }
            isBad = isBad || !file.problems.isEmpty
            if file.problems.isEmpty { Output.say("\(path): \(file.providers.count) providers, all in order") }
        }
        if isBad { throw ExitCode(1) }
    }
}

struct ListProviders: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Every provider that this installation offers, its own files included.")

    func run() throws {
        for provider in try World.catalogue(Settings.fromEnvironment()).providers {
            print("\(provider.key)\t\(provider.method.wireName)\t\(provider.title)")
        }
    }
}
