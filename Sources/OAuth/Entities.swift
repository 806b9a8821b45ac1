/// What an `ID` is the ID of. The prefix is part of every stored ID: changing one orphans them.
package protocol EntityTag {
    static var prefix: String { get }
}

/// The phantom types behind `ID<Entity.Person>` and its kind; none can be instantiated.
package enum Entity {
    package enum Person: EntityTag { package static var prefix: String { "per" } }
    package enum Tenant: EntityTag { package static var prefix: String { "ten" } }
    package enum Client: EntityTag { package static var prefix: String { "app" } }
    package enum ClientSecret: EntityTag { package static var prefix: String { "sec" } }
    package enum Grant: EntityTag { package static var prefix: String { "gr" } }
    package enum Code: EntityTag { package static var prefix: String { "cod" } }
    package enum TokenFamily: EntityTag { package static var prefix: String { "fam" } }
    package enum DeveloperToken: EntityTag { package static var prefix: String { "tok" } }
    package enum Session: EntityTag { package static var prefix: String { "ses" } }
    package enum ResourceServer: EntityTag { package static var prefix: String { "api" } }
    package enum Device: EntityTag { package static var prefix: String { "dvc" } }
    package enum Mail: EntityTag { package static var prefix: String { "mai" } }
    package enum Environment: EntityTag { package static var prefix: String { "env" } }
    package enum EnvironmentKey: EntityTag { package static var prefix: String { "key" } }
    package enum Integration: EntityTag { package static var prefix: String { "int" } }
    package enum Activity: EntityTag { package static var prefix: String { "act" } }
    package enum DeveloperApplication: EntityTag { package static var prefix: String { "dev" } }
    package enum Invitation: EntityTag { package static var prefix: String { "inv" } }
    package enum AccessRequest: EntityTag { package static var prefix: String { "req" } }
    package enum ConnectFlow: EntityTag { package static var prefix: String { "flw" } }
    package enum ConnectSession: EntityTag { package static var prefix: String { "cns" } }
    package enum Trace: EntityTag { package static var prefix: String { "trc" } }
    package enum Webhook: EntityTag { package static var prefix: String { "whk" } }

    /// Of every kind of row that has an ID.
    private static let prefixes = [
        Person.prefix, Tenant.prefix, Client.prefix, ClientSecret.prefix, Grant.prefix, Code.prefix,
        TokenFamily.prefix, DeveloperToken.prefix, Session.prefix, ResourceServer.prefix, Device.prefix, Mail.prefix,
        Environment.prefix, EnvironmentKey.prefix, Integration.prefix, Activity.prefix, DeveloperApplication.prefix,
        Invitation.prefix, AccessRequest.prefix, ConnectFlow.prefix, ConnectSession.prefix, Trace.prefix,
        Webhook.prefix,
    ]

    /// Whether this could be the ID of something here: a prefix of ours and 16 base62 digits.
    package static func isID(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts[1].count == 16 && parts[1].allSatisfy(Base62.isDigit)
            && prefixes.contains { $0.utf8.elementsEqual(parts[0]) }
    }
}
