package import OAuth

/// A refresh token was in two hands, so everything that came from it was ended. Who should hear of it.
package struct TokenTheft: Sendable {
    package enum Sign: Sendable {
        /// Presented again after its successor was used (RFC 9700 §4.14.2).
        case usedTwice
        /// Presented by another app than the one that was given it (RFC 6749 §10.4).
        case heldByAnotherApp
    }

    package let sign: Sign
    package let app: App
    package let tenant: Tenant
    /// The tenant's admins, the app's owner not among them.
    package let admins: [Person]

    package init(sign: Sign, app: App, tenant: Tenant, admins: [Person]) {
        self.sign = sign
        self.app = app
        self.tenant = tenant
        self.admins = admins
    }
}

extension TokenTheft.Sign {
    /// Nil for what is nobody's alarm.
    package init?(_ reason: Reason) {
        switch reason {
        case .refreshReuse: self = .usedTwice
        case .stolenByOtherClient: self = .heldByAnotherApp
        case .codeReplay, .grantRevoked, .directFlowOff, .revokedByApp, .revokedByPerson, .leaked: return nil
        }
    }
}
