import ArgumentParser
import CMalloc
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import OAuth
import ServiceLifecycle
import Storage
import UnixSignals
import Web

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the portal, the authorization server and the API.",
        discussion: "GATEWRIGHT_MODE=demo serves a ready cast of people, workspaces and an app, for trying things out.")

    /// 8 KB for one header field or the address, 32 KB and 100 fields for all; slow senders are let go.
    private static func limits(_ site: Site) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestDeadline(site: site)], idleTimeout: .seconds(60),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100))
    }

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        let logger = Output.logger(settings.logLevel)
        if !settings.site.base.isLoopback, settings.site.trustedProxies.isEmpty {
            logger.warning(
                """
                GATEWRIGHT_TRUSTED_PROXIES is empty: behind a proxy everybody shares one address, and one stranger's \
                wrong passwords are everybody's
                """)
        }
        var installation = try await Installation.open(settings, logger: logger)
        let engine = installation.engine
        defer { engine.close() }
        let welcome: String
        if settings.site.isDemo {
            let demo = try await Demo.prepare(installation)
            installation.site.settings.demo = demo.offer
            welcome = Welcome.text(of: demo, at: settings)
        } else {
            welcome = try await Welcome.setUp(installation)
        }
        let site = installation.site
        let app = Application(
            responder: site.responder(),
            server: .http1(configuration: Self.limits(site)),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: settings.port)),
            onServerRunning: { _ in Output.say(welcome) },
            logger: logger)
        // Named here: a group describes a nameless service with all that it holds, secrets of the demo included, and
        // that took a quarter of the start.
        let services: [(service: any Service, name: String)] = [
            (app, "server"),
            (Upkeep(store: installation.store, lastSweep: installation.site.lastSweep, logger: logger), "upkeep"),
            (KeyWatch(installation, logger: logger), "keys"), (Refresher(site: site, logger: logger), "refresher"),
            (try Post(installation, logger: logger), "post"),
        ]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0.service, serviceName: $0.name) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        // What starting needed and let go (the catalogue's YAML, templates' text) goes back to the system.
        malloc_trim(0)
        do {
            try await group.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw CommandError(
                "Port \(settings.port) is taken. Stop what uses it, or choose another: GATEWRIGHT_PORT=8081")
        }
        try await installation.store.flushUses()
        try await installation.store.flushActivity()
    }
}
