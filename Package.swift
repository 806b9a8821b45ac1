// swift-tools-version: 6.2
import PackageDescription

/// Held for every target: imports are internal unless a file says `package import`, so a layer re-exposes
/// only what it announces; and interpolating a `Secret` into a string does not compile.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatWarning("DeprecatedDeclaration", as: .error),
]

let package = Package(
    name: "gatewright",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The protocol, pure: requests, decisions, PKCE, scopes, redirect URIs, errors, IDs, secrets.
        // Knows no HTTP, no SQL, no tenants, no clock, no randomness of its own.
        .target(
            name: "OAuth",
            dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings),

        // People, tenants, members, apps, developer tokens: the rules of the portal, pure.
        .target(name: "Portal", dependencies: ["OAuth"], swiftSettings: settings),

        // Other people's APIs: providers as data, connect flow, refresh. Plans calls and absorbs answers, pure;
        // never opens a socket.
        .target(
            name: "Broker",
            dependencies: [
                "OAuth",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings),

        // All SQL, hashing, sealing and migrations. Nothing of GRDB leaves it.
        .target(
            name: "Storage",
            dependencies: [
                "OAuth", "Portal", "Broker", "CArgon2", "CSQLite",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings),

        // Outbound mail through libcurl. Knows nothing of people or tenants.
        .target(name: "Mail", dependencies: ["CCurl"], swiftSettings: settings),

        // HTTP to other people's servers through libcurl: bounded, unredirected, to checked addresses only.
        // Knows nothing of providers.
        .target(name: "Outbound", dependencies: ["CCurl"], swiftSettings: settings),

        // Routes, contexts, controllers, pages, JSON. Never sees SQL.
        .target(
            name: "Web",
            dependencies: [
                "OAuth", "Portal", "Broker", "Storage",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings),

        // The executable: configuration, wiring, background services, commands. Holds no routes and no rules.
        .executableTarget(
            name: "gatewright",
            dependencies: [
                "OAuth", "Portal", "Broker", "Storage", "Mail", "Outbound", "Web", "CMalloc",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Server",
            swiftSettings: settings,
            linkerSettings: [
                // The addresses to adjust at the start, 3 MB of the file, all stay in memory: packed, they are 30 KB.
                .unsafeFlags(
                    ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"],
                    .when(configuration: .release))
            ]),

        // Fills a database for `make bench`. Not part of the product.
        .executableTarget(
            name: "gatewright-bench", dependencies: ["OAuth", "Portal", "Broker", "Storage"], path: "Benchmarks/Seed",
            swiftSettings: settings),

        // malloc_trim, which Swift's Glibc leaves out.
        .systemLibrary(name: "CMalloc"),

        // Argon2id from Debian's libargon2.
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),

        // Swift cannot call variadic C functions: sqlite3_config, and thin, typed wrappers over curl_easy_setopt.
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),

        .testTarget(name: "OAuthTests", dependencies: ["OAuth"], swiftSettings: settings),
        .testTarget(
            name: "BrokerTests",
            dependencies: [
                "OAuth", "Broker", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: settings),
        .testTarget(name: "PortalTests", dependencies: ["OAuth", "Portal"], swiftSettings: settings),
        .testTarget(
            name: "StorageTests",
            dependencies: ["OAuth", "Portal", "Broker", "Storage", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings),
        .testTarget(
            name: "OutboundTests",
            dependencies: [
                "Outbound", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(name: "MailTests", dependencies: ["Mail"], swiftSettings: settings),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "OAuth", "Portal", "Broker", "Storage", "Outbound", "Web",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: settings),
    ]
)
