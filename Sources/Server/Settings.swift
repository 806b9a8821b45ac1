import Broker
import Configuration
import Foundation
import Logging
import NIOCore
import OAuth
import Storage
import Web

/// Everything the environment decides. Each is described in docs/operating.md.
struct Settings: Sendable {
    let port: Int
    private(set) var dataFolder: String
    let assetsFolder: String
    private(set) var keyFile: String
    let logLevel: Logger.Level
    private(set) var site: SiteSettings
    let mail: MailSettings?
    /// A folder with provider files of the operator's own.
    let providersFolder: String?
    /// Networks that calls to providers and webhooks may go to although they are not public.
    let outboundNetworks: [NetworkRange]

    struct MailSettings: Sendable {
        let url: String
        let user: String?
        let password: String?
        let from: String
    }

    init(_ config: ConfigReader) throws {
        let isDemo = try Self.isDemo(config.string(forKey: "GATEWRIGHT_MODE"))
        port = try Self.integer(config, "GATEWRIGHT_PORT", default: 8080)
        guard (1...65_535).contains(port) else { throw CommandError("GATEWRIGHT_PORT must be from 1 to 65535.") }
        dataFolder = config.string(forKey: "GATEWRIGHT_DATA", default: "var")
        assetsFolder = config.string(forKey: "GATEWRIGHT_ASSETS", default: FileManager.default.currentDirectoryPath)
        keyFile = config.string(forKey: "GATEWRIGHT_KEY_FILE", default: dataFolder + "/keys/master.key")
        guard let level = Logger.Level(rawValue: config.string(forKey: "GATEWRIGHT_LOG_LEVEL", default: "notice"))
        else {
            throw CommandError("GATEWRIGHT_LOG_LEVEL must be trace, debug, info, notice, warning, error or critical.")
        }
        logLevel = level
        let baseText = config.string(forKey: "GATEWRIGHT_BASE_URL", default: "http://127.0.0.1:\(port)")
        guard let base = BaseURL(baseText) else {
            throw CommandError(
                "GATEWRIGHT_BASE_URL must be like https://developers.example.com, without a final slash.")
        }
        guard isDemo || base.isSecure || base.isLoopback else {
            throw CommandError("GATEWRIGHT_BASE_URL must start with https:// (http:// only on this computer).")
        }
        let tenantHost = config.string(forKey: "GATEWRIGHT_TENANT_HOST", default: Self.tenantHost(of: base))
        let idleDays = try Self.integer(config, "GATEWRIGHT_REFRESH_IDLE_DAYS", default: 0)
        guard (0...3650).contains(idleDays) else {
            throw CommandError("GATEWRIGHT_REFRESH_IDLE_DAYS must be from 0 (never) to 3650.")
        }
        mail = Self.mail(config, host: base.host)
        providersFolder = config.string(forKey: "GATEWRIGHT_PROVIDERS").flatMap { $0.isEmpty ? nil : $0 }
        // A demo's provider is the demo itself.
        outboundNetworks = try Self.networks(
            config.string(forKey: "GATEWRIGHT_OUTBOUND_ALLOW", default: isDemo ? "127.0.0.0/8 ::1" : ""))
        let proxies = config.string(forKey: "GATEWRIGHT_TRUSTED_PROXIES", default: "")
        site = SiteSettings(
            base: base, tenantHost: tenantHost, issuerForm: try Self.issuerForm(config), isDemo: isDemo,
            refreshIdleLimit: idleDays == 0 ? nil : Int64(idleDays) * 86_400,
            trustedProxies: Set(proxies.split { $0 == "," || $0 == " " }.map(String.init)),
            metricsReaders: try Self.metricsReaders(config),
            partnerKey: try Self.partnerKey(config.string(forKey: "GATEWRIGHT_LEAK_REPORT_KEY")), mailFrom: mail?.from,
            showsTiming: config.string(forKey: "GATEWRIGHT_SERVER_TIMING") == "1",
            assetVersion: try Self.version(of: assetsFolder + "/Public"), publicFolder: assetsFolder + "/Public")
        let rate = try Self.integer(config, "GATEWRIGHT_BROKER_RATE", default: Int(site.brokerRate))
        guard (0...6_000_000).contains(rate) else {
            throw CommandError("GATEWRIGHT_BROKER_RATE must be from 0 (any number) to 6000000 calls a minute.")
        }
        site.brokerRate = Int64(rate)
        if let text = config.string(forKey: "GATEWRIGHT_SUPPORT"), !text.isEmpty {
            guard let support = SupportAddress(text) else {
                throw CommandError(
                    "GATEWRIGHT_SUPPORT must be like mailto:help@example.com or https://example.com/help.")
            }
            site.support = support
        }
    }

    var databasePath: String { dataFolder + "/gatewright.sqlite" }
    var migrationsFolder: String { assetsFolder + "/Migrations/sqlite" }
    var templatesFolder: String { assetsFolder + "/Templates" }

    /// For commands that need a database to exist but not the real one.
    mutating func useScratch(_ folder: String) {
        dataFolder = folder
        keyFile = folder + "/keys/master.key"
    }

    /// A number that cannot be read is an error, not the default: what was meant would silently not happen.
    private static func integer(_ config: ConfigReader, _ name: ConfigKey, default fallback: Int) throws -> Int {
        guard let text = config.string(forKey: name) else { return fallback }
        guard let number = Int(text) else { throw CommandError("\(name) must be a whole number.") }
        return number
    }

    private static func networks(_ text: String) throws -> [NetworkRange] {
        try text.split { $0 == "," || $0 == " " }.map { word in
            guard let range = NetworkRange(String(word)) else {
                throw CommandError("GATEWRIGHT_OUTBOUND_ALLOW: \(word) is no address or network like 10.0.0.0/8.")
            }
            return range
        }
    }

    /// An address that cannot be read is an error: whoever was meant would be refused, and nobody would know why.
    private static func metricsReaders(_ config: ConfigReader) throws -> Set<String> {
        let text = config.string(forKey: "GATEWRIGHT_METRICS_READERS", default: "127.0.0.1,::1")
        return try Set(
            text.split { $0 == "," || $0 == " " }.map { word in
                guard let address = try? SocketAddress(ipAddress: String(word), port: 0).ipAddress else {
                    throw CommandError(
                        "GATEWRIGHT_METRICS_READERS must be IP addresses, separated by commas, or empty for nobody.")
                }
                return address
            })
    }

    private static func issuerForm(_ config: ConfigReader) throws -> TenantAddresses.Form {
        let text = config.string(forKey: "GATEWRIGHT_ISSUER", default: TenantAddresses.Form.path.rawValue)
        guard let form = TenantAddresses.Form(rawValue: text) else {
            throw CommandError("GATEWRIGHT_ISSUER must be path or subdomain.")
        }
        return form
    }

    private static func partnerKey(_ path: String?) throws -> PartnerKey? {
        guard let path, !path.isEmpty else { return nil }
        guard let pem = try? String(contentsOfFile: path, encoding: .utf8), let key = PartnerKey(pem: pem) else {
            throw CommandError("GATEWRIGHT_LEAK_REPORT_KEY must name a file with a P-256 public key in PEM form.")
        }
        return key
    }

    private static func isDemo(_ mode: String?) throws -> Bool {
        switch mode {
        case "demo": return true
        case nil, "production": return false
        default: throw CommandError("GATEWRIGHT_MODE must be demo or production.")
        }
    }

    /// On this computer `*.localhost` needs no DNS; elsewhere tenants' own hosts stand below the portal's.
    private static func tenantHost(of base: BaseURL) -> String {
        guard base.isLoopback else { return base.authority }
        return "localhost" + base.authority.dropFirst(base.host.count)
    }

    private static func mail(_ config: ConfigReader, host: String) -> MailSettings? {
        guard let url = config.string(forKey: "GATEWRIGHT_SMTP_URL"), !url.isEmpty else { return nil }
        return MailSettings(
            url: url, user: config.string(forKey: "GATEWRIGHT_SMTP_USER"),
            password: config.string(forKey: "GATEWRIGHT_SMTP_PASSWORD", isSecret: true),
            from: config.string(forKey: "GATEWRIGHT_MAIL_FROM", default: "Gatewright <gatewright@\(host)>"))
    }

    /// Changes whenever a file that browsers cache does.
    private static func version(of folder: String) throws -> String {
        let files = FileManager.default.subpaths(atPath: folder) ?? []
        guard !files.isEmpty else {
            throw CommandError(
                "No files in \(folder). GATEWRIGHT_ASSETS must name the folder of Templates/ and Public/.")
        }
        let newest = files.compactMap { file in
            try? FileManager.default.attributesOfItem(atPath: folder + "/" + file)[.modificationDate] as? Date
        }.max()
        return String(Int64(newest?.timeIntervalSince1970 ?? 0), radix: 36)
    }
}

extension Settings {
    static func fromEnvironment() throws -> Settings {
        try Settings(ConfigReader(provider: EnvironmentVariablesProvider()))
    }
}
