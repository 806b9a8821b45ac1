import ArgumentParser
import Foundation
import Storage

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the database into a new file, also while the server runs.",
        discussion: """
            The copy is of one moment, readable by its owner only, and checked before this ends. It holds no usable \
            secret. The key file is not in it: keep that apart.
            """)

    @Argument(help: "Where to; must not exist yet.")
    var file: String

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        let database = try SQLiteSnapshot(path: settings.databasePath)
        try database.copy(to: file)
        let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int64) ?? 0
        Output.say(
            """
            \(file): \(size) bytes, read back and whole.
            The key file is separate: \(settings.keyFile). Without it the copy is worth nothing, so keep both, apart.
            """)
    }
}
