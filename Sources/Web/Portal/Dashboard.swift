import OAuth
import Portal

extension DashboardPage {
    /// Everything on it comes from what is true now; there is nothing to tick by hand.
    init(
        _ person: Person, tokens: [DeveloperTokenSummary], apps: [App], memberships: [Member],
        waiting: [(tenant: ID<Entity.Tenant>, count: Int64)], access: DeveloperAccess, base: String, at now: Instant
    ) {
        let isVerified = person.verifiedAt != nil
        let wasUsed = tokens.contains { $0.lastUsedAt != nil }
        let steps = Self.steps(
            email: person.email, isVerified: isVerified, hasToken: !tokens.isEmpty, wasUsed: wasUsed,
            hasTenant: !memberships.isEmpty, access: access, hasApp: !apps.isEmpty)
        let done = steps.count { $0.isDone }
        let isComplete = done == steps.count
        self.init(
            firstName: firstWord(of: person.name), isVerified: isVerified,
            alerts: (person.isOperator && !person.hasSecondFactor ? [.operatorWithoutSecondFactor] : [])
                + waiting.compactMap { Alert($0, in: memberships) } + tokens.compactMap { Alert($0, at: now) },
            steps: isComplete ? [] : steps,
            progress: isComplete ? "" : "\(done) of \(steps.count)",
            isWaitingForFirstCall: !wasUsed && tokens.contains { $0.status(at: now) == .active },
            firstCall: ExampleCall.me.curl(base + "/v2/me", bearer: "$TOKEN"),
            workspaces: memberships.map { Workspace($0, base: base) })
    }

    private static func steps(
        email: String, isVerified: Bool, hasToken: Bool, wasUsed: Bool, hasTenant: Bool, access: DeveloperAccess,
        hasApp: Bool
    ) -> [Step] {
        var obstacle: DeveloperAccess.Obstacle?
        if case .closed(let why) = access, why != .emailNotConfirmed { obstacle = why }
        return [
            Step(
                title: "Confirm your email",
                sentence: isVerified ? "\(email) is confirmed." : "Follow the link we sent to \(email).",
                isDone: isVerified, actionPath: "/verify/resend", actionText: "Send the link again"),
            Step(
                title: "Create a workspace", sentence: "It starts empty; sample people are one button away.",
                isDone: hasTenant, actionPath: "/tenants/new", actionText: "Create a workspace"),
            Step(
                title: "Create a token", sentence: "Yours to try the API with.", isDone: hasToken,
                actionPath: "/tokens/new", actionText: "Create a token"),
            Step(
                title: "Make the first call", sentence: "Ask the API who you are.", isDone: wasUsed,
                actionPath: hasToken ? "/tokens" : "", actionText: hasToken ? "Your tokens" : ""),
            Step(
                title: "Become a developer",
                sentence: obstacle?.sentence ?? "For registering apps; tokens need no approval.", isDone: access.isOpen,
                actionPath: "/developer/apply", actionText: obstacle?.action ?? ""),
            Step(
                title: "Register an app", sentence: "So that others can allow it to act for them.", isDone: hasApp,
                actionPath: "/apps/new", actionText: "Register an app"),
        ]
    }
}

extension DashboardPage.Alert {
    fileprivate static let operatorWithoutSecondFactor = DashboardPage.Alert(
        text: "You run this installation, and one password opens it.", path: "/account/second-factor",
        action: "Turn on two-step sign-in")

    /// A token that ends within a week, while there is time to make the next one.
    init?(_ token: DeveloperTokenSummary, at now: Instant) {
        guard token.status(at: now) == .active, let end = token.expiresAt, end - now <= 7 * 86_400 else { return nil }
        self.init(
            text: "“\(token.description)” expires \(Moment.relative(end, at: now).text).",
            path: "/tokens/new?from=\(token.id.text)", action: "Regenerate")
    }
}

extension DashboardPage.Alert {
    /// Members who wait for an admin's answer.
    init?(_ waiting: (tenant: ID<Entity.Tenant>, count: Int64), in memberships: [Member]) {
        guard let tenant = memberships.first(where: { $0.tenant.id == waiting.tenant })?.tenant else { return nil }
        let who = waiting.count == 1 ? "A member asks" : "\(waiting.count) members ask"
        self.init(
            text: "\(who) for an app at \(tenant.name).", path: "\(tenant.path)/requests", action: "Answer")
    }
}

extension DashboardPage.Workspace {
    init(_ member: Member, base: String) {
        self.init(
            name: member.tenant.name, role: member.role.title, path: member.tenant.path,
            address: base + member.tenant.path, isSandbox: member.tenant.kind == .sandbox)
    }
}
