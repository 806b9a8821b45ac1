import ArgumentParser
import Foundation
import OAuth
import Portal
import Storage
import Web

struct Operators: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator", abstract: "Look after the people who run this installation.",
        subcommands: [CreateOperator.self])
}

struct CreateOperator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make somebody an operator, also beside a running server.",
        discussion: """
            Whoever has the address becomes an operator; a new person is made when nobody has it. Without a password on
            standard input, a link to choose one is printed: it works once and for one hour.

              gatewright operator create --email olga@example.com
              gatewright operator create --email olga@example.com --password-stdin < password.txt
            """)

    @Option(help: "Their email address. Asked for when it is missing.")
    var email: String?

    @Option(help: "Their name, when the person is new.")
    var name: String?

    @Flag(help: "Read the password from the first line of standard input.")
    var passwordStdin = false

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        let typed = try email ?? ask("Email address: ")
        guard let address = EmailAddress(typed) else {
            throw CommandError("\(typed) is not an email address like name@example.com.")
        }
        let name = TypedText.line(name ?? typed, atMost: 100) ?? "Operator"
        var password: String?
        if passwordStdin {
            let policy = try CommonPasswords.policy(settings.assetsFolder)
            let line = readLine(strippingNewline: true) ?? ""
            if let problem = policy.problem(with: line, name: name, email: address.text) {
                throw CommandError(problem.message)
            }
            password = line
        }
        let open = try await OpenStore.open(settings)
        defer { open.close() }
        // Nobody knows the random one: the link is the way in.
        let hash = try await PasswordHasher().hash(password ?? Secret<MailLink>.random().reveal())
        let link = password == nil ? Secret<MailLink>.random() : nil
        let isNew = try await open.store.makeOperator(
            address, name: name, passwordHash: hash, setsPassword: password != nil, link: link, at: Installation.now())
        Output.say(isNew ? "\(address.text) is a new person and an operator." : "\(address.text) is an operator.")
        guard let link else { return }
        Output.say("Choose a password within an hour: \(settings.site.base.text)/reset/\(link.reveal())")
    }

    private func ask(_ question: String) throws -> String {
        FileHandle.standardOutput.write(Data(question.utf8))
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw CommandError("Say whom: gatewright operator create --email name@example.com")
        }
        return line
    }
}
