import OAuth

/// What storage does with effects, in a few lines of memory: enough to play whole lives of a token family.
final class Ledger {
    struct Row {
        var generation: Int
        var rotatedAt: Instant?
        var sealed: [UInt8]?
        var replays = 0
    }

    var tokens: [String: Row] = [:]
    var access: [(text: String, issuedAt: Instant, live: Bool)] = []
    var generation = 0
    var streak = 0
    var revokedBecause: Reason?
    var random: SplitMix64
    /// The refresh token of generation 1.
    let first: Secret<RefreshToken>

    init(seed: UInt64 = 1) {
        var random = SplitMix64(seed: seed)
        first = Secret.random(using: &random)
        self.random = random
        tokens[first.reveal()] = Row(generation: 1)
        generation = 1
    }

    var liveAccess: Int { revokedBecause == nil ? access.filter(\.live).count : 0 }

    /// Presents a refresh token as Roster Sync does, and applies what comes of it.
    func present(_ token: Secret<RefreshToken>, at seconds: Int64, scope: String? = nil) throws -> Outcome {
        var fields = Fields.refresh(token)
        if let scope { fields = fields.with("scope", scope) }
        guard let client = Cast.authenticated(), case .refreshToken(let request) = try TokenRequest.read(fields.list)
        else { throw OAuthError(.serverError, "the test is wrong") }
        let record = tokens[token.reveal()].map {
            Cast.token(
                generation: $0.generation, rotatedAt: $0.rotatedAt, sealedSuccessor: $0.sealed, replays: $0.replays)
        }
        let predecessor = tokens.values.first { $0.generation == generation - 1 }
        let family = Cast.family(
            generation: generation, streak: streak, predecessorWasReplayed: predecessor.map { $0.replays > 0 } ?? false,
            revokedAt: revokedBecause == nil ? nil : Cast.now)
        let outcome = refresh(
            request, of: record, in: family, by: client, in: Cast.acme, idleLimit: nil, at: Cast.now + seconds,
            using: &random)
        for effect in outcome.effects { apply(effect) }
        return outcome
    }

    private func apply(_ effect: Effect) {
        switch effect {
        case .rotated(let rotation):
            update(rotation.generation) {
                $0.rotatedAt = rotation.at
                $0.sealed = rotation.sealedSuccessor
            }
            streak = rotation.streak
        case .replayed(_, let generation, let streak, _):
            update(generation) { $0.replays += 1 }
            self.streak = streak
        case .issueRefresh(let issued):
            tokens[issued.secret.reveal()] = Row(generation: issued.generation)
            generation = issued.generation
        case .issueAccess(let issued):
            access.append((issued.secret.reveal(), issued.issuedAt, true))
        case .revokeFamily(_, let reason, _):
            revokedBecause = reason
        case .revokeAccess(let secret, _):
            for index in access.indices where access[index].0 == secret.reveal() { access[index].2 = false }
        case .redeemed, .codeFailure, .startFamily, .movedToV2:
            break
        }
    }

    private func update(_ generation: Int, _ change: (inout Row) -> Void) {
        for (text, row) in tokens where row.generation == generation {
            var row = row
            change(&row)
            tokens[text] = row
        }
    }
}

extension Outcome {
    var refreshToken: Secret<RefreshToken>? { response?.renewal?.refreshToken }
}
