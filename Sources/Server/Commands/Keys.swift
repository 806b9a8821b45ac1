import ArgumentParser
import Foundation
import Logging
import OAuth
import Storage

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change the master key, also while the server runs.",
        discussion: "`rotate` puts a new key in front; once all is sealed anew, `retire` takes the old one out.",
        subcommands: [Rotate.self, Retire.self])

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new master key and seal everything under it.",
            discussion: """
                The new key becomes the first line of the key file. A server that runs takes it over by itself within \
                seconds; this command waits for that. Without one, it does the work. Copy the key file to your safe \
                place afterwards. Tokens, secrets and sessions go on working: what only a digest is kept of is not made \
                anew (docs/operating.md, Keys).
                """)

        func run() async throws {
            let settings = try Settings.fromEnvironment()
            var random = SystemRandomNumberGenerator()
            let old = try KeyFile.read(settings.keyFile)
            let new = MasterKey.random(using: &random)
            do {
                let logger = Output.logger(.error)
                let installation = try await Installation.open(settings, logger: logger)
                defer { installation.engine.close() }
                try KeyFile.replace(settings.keyFile, holding: [new] + old)
                let rotation = KeyRotation(installation.store)
                _ = try await rotation.adopt(KeyFile.read(settings.keyFile), at: Installation.now())
                while try await rotation.reseal(at: Installation.now()) {}
            } catch StorageError.locked {
                try KeyFile.replace(settings.keyFile, holding: [new] + old)
                try await Self.wait(for: new.id, settings)
            }
            Output.say(
                """
                The master key is now \(new.id). Copy \(settings.keyFile) to your safe place.
                When that is done: gatewright keys retire
                """)
        }

        /// The server has the database to itself; what it has done by now can be read beside it.
        private static func wait(for key: KeyID, _ settings: Settings) async throws {
            Output.say("The server is running; waiting for it to seal everything under \(key).")
            let database = try SQLiteSnapshot(path: settings.databasePath)
            for _ in 0..<300 {
                if try database.read({ try KeyRotation.isComplete(key, in: $0) }) { return }
                try await Task.sleep(for: .seconds(1))
            }
            throw CommandError(
                "The server has not finished within five minutes. It goes on by itself; see its log. Both keys stay.")
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take keys that nothing needs any more out of the key file.",
            discussion: "Backups made before the rotation still need the old key: keep it with them.")

        func run() async throws {
            let settings = try Settings.fromEnvironment()
            let keys = try KeyFile.read(settings.keyFile)
            let database = try SQLiteSnapshot(path: settings.databasePath)
            let retired = try database.read { try KeyRotation.retired(in: $0) }
            // The first one seals; it stays whatever the database says.
            let kept = keys.prefix(1) + keys.dropFirst().filter { !retired.contains($0.id) }
            guard kept.count < keys.count else {
                Output.say(
                    keys.count == 1
                        ? "There is only one key, and it is in use."
                        : "Something is still sealed under the older keys; nothing was changed. Try again shortly.")
                return
            }
            try KeyFile.replace(settings.keyFile, holding: Array(kept))
            Output.say("\(keys.count - kept.count) old key(s) taken out of \(settings.keyFile).")
        }
    }
}
