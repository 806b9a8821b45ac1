package import Broker
package import OAuth

/// What a finished flow or an import leaves to be stored.
package struct ConnectionDraft: Sendable {
    package let connectionID: String
    package let credentials: Credentials
    package let values: [String: String]
    /// nil keeps what there is.
    package let metadata: JSONValue?
    package let owner: ConnectionOwner?
    /// The company's backend wants it; false for what came with the public key alone.
    package let isProven: Bool

    package init(
        connectionID: String, credentials: Credentials, values: [String: String], metadata: JSONValue? = nil,
        owner: ConnectionOwner? = nil, isProven: Bool = true
    ) {
        self.connectionID = connectionID
        self.credentials = credentials
        self.values = values
        self.metadata = metadata
        self.owner = owner
        self.isProven = isProven
    }

    /// An app's installation at the provider.
    var installation: String? {
        guard case .app = credentials else { return nil }
        return values["installation_id"]
    }
}

/// Which connection of the same ID a new one may take the place of.
package enum Replaceable: Sendable {
    case anything, nothing
    /// Only one that the public key alone has made, and no backend has wanted since.
    case unproven
}

/// Why nothing was stored.
package enum ConnectionUnsaved: Error, Hashable, Sendable {
    /// There is one of the ID, which this may not replace.
    case taken
    /// The one that was to be connected again is gone, or the integration is.
    case gone
    /// Another connection of the integration has the app's installation.
    case installationHeld
    /// The environment has as many as it may have.
    case full
}

/// Merged, the metadata would be larger than 64 KB.
package struct MetadataTooLarge: Error, Sendable {}
