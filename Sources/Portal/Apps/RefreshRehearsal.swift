package import OAuth

/// What happened when an app's refresh was played through without a client: the very decisions and rows of the token
/// endpoint, with a grant that was made for it, all of it undone afterwards.
package struct RefreshRehearsal: Sendable {
    /// Which request of the four it is.
    package enum Turn: String, CaseIterable, Sendable {
        /// The token that the client holds.
        case first
        /// The same once more, since the answer was lost.
        case lostAnswer
        /// The new refresh token, a day later.
        case nextDay
        /// The first one again, much later: somebody else must have it.
        case reuse
    }

    package struct Step: Sendable {
        package let turn: Turn
        /// Of the token that was presented.
        package let presented: Hint
        package let answer: Result<Pair, OAuthError>
        /// Whether the token that was presented still opens the API afterwards.
        package let presentedStillWorks: Bool

        package init(turn: Turn, presented: Hint, answer: Result<Pair, OAuthError>, presentedStillWorks: Bool) {
            self.turn = turn
            self.presented = presented
            self.answer = answer
            self.presentedStillWorks = presentedStillWorks
        }
    }

    /// The two tokens of an answer, as far as anybody may see them.
    package struct Pair: Sendable {
        package let access: Hint
        package let refresh: Hint
        package let expiresIn: Int64
        package let scopes: ScopeSet

        package init?(_ response: TokenResponse) {
            guard let renewal = response.renewal, let token = renewal.refreshToken else { return nil }
            access = response.accessToken.hint
            refresh = token.hint
            expiresIn = renewal.expiresIn
            scopes = renewal.scopes
        }
    }

    /// Whether it began with a V1 access token.
    package let beganWithV1: Bool
    package let tenant: Tenant
    package let steps: [Step]

    package init(beganWithV1: Bool, tenant: Tenant, steps: [Step]) {
        self.beganWithV1 = beganWithV1
        self.tenant = tenant
        self.steps = steps
    }

    /// Everything was answered as it should be.
    package var passed: Bool {
        guard steps.count == Turn.allCases.count, case .success(let first) = steps[0].answer,
            case .success(let again) = steps[1].answer, case .success = steps[2].answer,
            case .failure(let refusal) = steps[3].answer
        else { return false }
        return first.refresh == again.refresh && first.access == again.access && refusal.code == .invalidGrant
            && steps.allSatisfy { !$0.presentedStillWorks }
    }
}
