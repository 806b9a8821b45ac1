import ArgumentParser
import Foundation
import Logging
import Storage
import Web

struct Routes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print every address that the server answers.")

    func run() async throws {
        let folder = NSTemporaryDirectory() + "gatewright-routes-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = try Settings.fromEnvironment()
        settings.useScratch(folder)
        let installation = try await Installation.open(settings, logger: Output.logger(.error))
        for route in installation.site.routeTable() { Output.say(route.method.padding(to: 7) + route.path) }
        installation.engine.close()
    }
}
