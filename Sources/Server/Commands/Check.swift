import ArgumentParser
import Foundation
import OAuth
import Portal
import Storage
import Web

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Examine settings, files, keys, database and audit log, also beside a running server.",
        discussion: """
            Changes nothing. The exit status is 1 when something is wrong. It prints the audit log's anchor at the end: keep
            it elsewhere, and give it to a later check to learn whether events were cut off the end of the log.

              gatewright check
              gatewright check --anchor 1234-5f0c…
            """)

    @Option(help: "An anchor that an earlier check, the server's log or /operator/health showed.")
    var anchor: String?

    @Flag(help: "Leave out the two that read the whole database: SQLite's own check and the audit log.")
    var quick = false

    func run() async throws {
        var report = Report()
        let known = try anchor.map { text in
            guard let anchor = AuditAnchor(text) else {
                throw CommandError("This is no anchor. It looks like 1234-5f0c… with 64 digits after the hyphen.")
            }
            return anchor
        }
        let settings = try Settings.fromEnvironment()
        report.good("settings", "base address \(settings.site.base.text), data in \(settings.dataFolder)")
        report.try("templates") {
            _ = try PageRenderer(templatesFolder: settings.templatesFolder, reload: false)
            return "every page's template can be read"
        }
        let path = settings.databasePath
        guard FileManager.default.fileExists(atPath: path) else {
            report.bad("database", "there is none at \(path)")
            throw ExitCode(1)
        }
        let guest = try SQLiteGuest(path: path)
        defer { guest.close() }
        report.try("migrations") {
            let missing = try Migrator(folder: settings.migrationsFolder).missing(on: guest)
            guard missing.isEmpty else {
                throw CommandError("\(missing.joined(separator: ", ")) has not run: gatewright migrate")
            }
            return "all have run, as they stand in the folder"
        }
        var keyring: Keyring?
        report.try("keys") {
            let keys = try KeyRotation.keyring(of: KeyFile.read(settings.keyFile), beside: guest)
            try KeyCheck.inspect(guest, keys)
            keyring = keys
            return "\(settings.keyFile) fits the database, key \(keys.activeID) is in use"
        }
        if !quick {
            report.try("database") {
                let damage = try guest.damage()
                guard damage.isEmpty else { throw CommandError(damage.joined(separator: "; ")) }
                return "SQLite finds nothing wrong, every reference holds"
            }
        }
        if let keyring { checkAuditLog(Store(engine: guest, keyring: keyring), against: known, &report) }
        guard !report.isBad else { throw ExitCode(1) }
    }

    private func checkAuditLog(_ store: Store, against known: AuditAnchor?, _ report: inout Report) {
        guard !quick else {
            report.try("audit log") {
                "not read; its anchor is \(try store.auditAnchor()?.text ?? "none, it is empty")"
            }
            return
        }
        do {
            let audit = try store.verifyAuditLog(against: known)
            for finding in audit.findings {
                let chain = try finding.tenant.map { try store.tenant($0)?.slug.text ?? $0.text } ?? "the installation"
                let event =
                    finding.sequence.map { "event \($0) of \(chain)" } ?? "the event at position \(finding.position)"
                report.bad("audit log", "\(event) \(finding.problem)")
            }
            guard audit.findings.isEmpty else { return }
            report.good(
                "audit log",
                "\(audit.events) events in \(audit.chains) chains hold"
                    + (audit.erased > 0 ? ", \(audit.erased) of people who were forgotten" : ""))
            if let anchor = audit.anchor { Output.say("anchor: \(anchor.text)") }
        } catch {
            report.bad("audit log", "\(error)")
        }
    }
}

/// What a check found, said line by line.
private struct Report {
    private(set) var isBad = false

    func good(_ part: String, _ text: String) { Output.say("ok   \(part): \(text)") }

    mutating func bad(_ part: String, _ text: String) {
        isBad = true
        Output.say("BAD  \(part): \(text)")
    }

    mutating func `try`(_ part: String, _ body: () throws -> String) {
        do { good(part, try body()) } catch { bad(part, "\(error)") }
    }
}
