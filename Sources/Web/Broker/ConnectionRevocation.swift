import Broker
import OAuth
import Storage

extension Site {
    /// What a connection's provider knows us as.
    typealias Registration = (integration: Integration, client: ClientRegistration)

    /// nil when the integration is deleted.
    func registration(of connection: BrokerConnection) throws -> Registration? {
        try store.integration(connection.integration).map { ($0, try store.registration(of: $0)) }
    }

    /// RFC 7009, or what the provider has in its place. What it answers changes nothing for us: the credentials go either
    /// way.
    func revoke(
        _ connection: BrokerConnection, as registration: Registration?, _ trace: inout Trace
    ) async {
        guard let revocation = outside.provider(of: connection)?.revocation else {
            return trace.add("The provider has no way to revoke, so nothing was revoked there.", at: now())
        }
        guard let (integration, client) = registration else {
            return trace.add(
                "The integration is deleted, so nothing could be revoked at the provider.", level: .warning, at: now())
        }
        let call = try? revocation.call(
            of: connection.credentials, client: client, values: integration.completing(connection.values))
        guard let call else {
            return trace.add("There is no token to revoke, or a value that its address needs is missing.", at: now())
        }
        switch await outside.call(call.made(for: connection.tenant)) {
        case .response(let status, _):
            let isDone = (200..<300).contains(status)
            trace.add(
                isDone ? "Revoked at the provider." : "The provider did not revoke.", [("status", String(status))],
                level: isDone ? .info : .warning, at: now())
        case .failed(let failure):
            trace.add(
                "The provider could not be told.", [("reason", failure.rawValue)], level: .warning, at: now())
        }
    }
}
