import OAuth
import Storage
import Web

/// What the console says once the server listens: in demo mode how to look around, else how to begin.
enum Welcome {
    static func text(of demo: Demo, at settings: Settings) -> String {
        let base = settings.site.base.text
        let people = demo.people.map { person in
            let place = person.tenant.map { "\(person.role) of \($0)" } ?? person.role
            return "  \(person.name.padding(to: 8)) \(person.email.padding(to: 26)) \(person.password)   \(place)"
        }
        return """

            This is a demo: everybody who can reach it can read its mails and sign in as anybody.

            Sign in at \(base)/login as
            \(people.joined(separator: "\n"))

            Call the API with Ada's developer token:
              \(demo.curl)
            \(broker(of: demo))
            Let the app Roster Sync ask Ada for access:
              \(demo.authorize_url)

            All of this is in \(settings.dataFolder)/demo.json.
            Gatewright is ready at \(base)
            """
    }

    private static func broker(of demo: Demo) -> String {
        guard let broker = demo.broker else { return "" }
        return """

            Fetch a connection of Acme's from the connection broker, its token fresh:
              \(broker.curl)

            """
    }

    /// No default account: whoever reads the console, and nobody else, becomes the operator.
    static func setUp(_ installation: Installation) async throws -> String {
        let base = installation.settings.site.base.text
        guard try !installation.store.hasOperator() else { return "Gatewright is ready at \(base)" }
        let code = Secret<SetupCode>.random()
        try await installation.store.offerSetup(with: code, at: Installation.now())
        return """

            There is no operator yet. Open \(base)/setup and enter this code, which works once:

              \(code.reveal())

            Gatewright is ready at \(base)
            """
    }
}
