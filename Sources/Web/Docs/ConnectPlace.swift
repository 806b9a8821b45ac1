import Broker
import OAuth
import Portal
import Storage

/// An integration of the reader's own, or an environment that has none yet: what the guide's examples speak of.
struct ConnectPlace {
    let tenant: Tenant
    let environment: BrokerEnvironment
    let integration: Integration?

    /// `acme/dev/github`
    var name: String { "\(tenant.slug.text)/\(environment.name)/\(integration?.details.key ?? "")" }

    var label: String {
        "\(integration?.details.key ?? "None yet"), in \(environment.name) of \(tenant.name)"
    }

    /// `/t/acme/env/dev`
    var path: String { "\(Desk.path(of: tenant))/\(environment.name)" }
}

extension Site {
    /// Where the person is an admin: nobody else sees what an environment has.
    func connectPlaces(of person: Person) throws -> [ConnectPlace] {
        var found: [ConnectPlace] = []
        for member in try store.memberships(of: person.id) where member.role == .admin && !member.tenant.isSuspended {
            for environment in try store.environmentsMade(of: member.tenant.id) {
                let integrations = try store.integrations(of: environment)
                if integrations.isEmpty {
                    found.append(ConnectPlace(tenant: member.tenant, environment: environment, integration: nil))
                }
                found += integrations.prefix(20).map {
                    ConnectPlace(tenant: member.tenant, environment: environment, integration: $0)
                }
            }
        }
        return found
    }

    /// Somebody who has connected, so that the examples answer; a made-up ID where there is nobody.
    func exampleConnection(at place: ConnectPlace?) throws -> String {
        guard let place, let integration = place.integration else { return "user-42" }
        var filter = ConnectionFilter()
        filter.integrations = [integration.details.key]
        let newest = try store.connections(of: place.environment, filter, limit: 1).first?.connectionID
        // A shell reads some characters that IDs may have.
        return newest.flatMap { id in id.utf8.allSatisfy(Self.isPlain) ? id : nil } ?? "user-42"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x40, 0x3A: true
        default: false
        }
    }
}
