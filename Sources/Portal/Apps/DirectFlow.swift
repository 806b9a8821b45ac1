package import OAuth

/// That an app's developer turned the direct flow on, and how long its tokens live.
package struct DirectFlow: Sendable {
    package let lifetime: DirectLifetime
    package let turnedOnAt: Instant
    package let turnedOnBy: String

    package init(lifetime: DirectLifetime, turnedOnAt: Instant, turnedOnBy: String) {
        self.lifetime = lifetime
        self.turnedOnAt = turnedOnAt
        self.turnedOnBy = turnedOnBy
    }
}

/// How long a token of the direct flow lives. None is for ever: it has been in an address.
package enum DirectLifetime: Int64, CaseIterable, Sendable {
    case quarterHour = 900
    case hour = 3600
    case day = 86_400
    case month = 2_592_000

    package init?(typed: String) {
        guard let found = Self.allCases.first(where: { String($0.rawValue).utf8.elementsEqual(typed.utf8) })
        else { return nil }
        self = found
    }

    /// "1 hour"
    package var words: String {
        switch self {
        case .quarterHour: "15 minutes"
        case .hour: "1 hour"
        case .day: "24 hours"
        case .month: "30 days"
        }
    }
}
