package import OAuth

/// Somebody's request to become a developer here.
package struct DeveloperApplication: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case draft, submitted, changesRequested = "changes_requested", approved, rejected
    }

    package let id: ID<Entity.DeveloperApplication>
    package let person: Person
    package let state: State
    package let answers: ApplicationAnswers
    /// How often it was submitted; what an operator decides about is one of these.
    package let version: Int64
    package let submittedAt: Instant?
    package let updatedAt: Instant

    package init(
        id: ID<Entity.DeveloperApplication>, person: Person, state: State, answers: ApplicationAnswers, version: Int64,
        submittedAt: Instant?, updatedAt: Instant
    ) {
        self.id = id
        self.person = person
        self.state = state
        self.answers = answers
        self.version = version
        self.submittedAt = submittedAt
        self.updatedAt = updatedAt
    }

    /// A rejection is not for ever: who has changed what was wrong may ask again, ten times at most.
    package var maySubmit: Bool { state.maySubmit && version < Self.mostVersions }

    package static let mostVersions: Int64 = 10
}

extension DeveloperApplication.State {
    package var maySubmit: Bool {
        switch self {
        case .draft, .changesRequested, .rejected: true
        case .submitted, .approved: false
        }
    }
}

/// What an applicant says, as it was typed or, once checked, as it is kept.
package struct ApplicationAnswers: Sendable, Equatable {
    package var organization = ""
    package var website = ""
    package var about = ""
    package var building = ""

    package init() {}

    package init(organization: String, website: String, about: String, building: String) {
        self.organization = organization
        self.website = website
        self.about = about
        self.building = building
    }

    /// Field names: `organization`, `website`, `about`, `building`.
    package func check() -> Checked<ApplicationAnswers> {
        var problems: [Problem] = []
        let organization = TypedText.line(self.organization, atMost: 100)
        if organization == nil {
            problems.append(Problem("organization", "Enter the name of your company, or your own name."))
        }
        let website = WebAddress(self.website)
        if website == nil {
            problems.append(Problem("website", "Enter the address of your website, starting with https://."))
        }
        let about = Self.text(self.about, 20...1000)
        if about == nil {
            problems.append(Problem("about", "Say in 20 to 1,000 characters who you are and what you do."))
        }
        let building = Self.text(self.building, 40...2000)
        if building == nil {
            problems.append(
                Problem("building", "Say in 40 to 2,000 characters what you want to build, and for whom."))
        }
        guard let organization, let website, let about, let building, problems.isEmpty else {
            return .invalid(problems)
        }
        return .valid(
            ApplicationAnswers(
                organization: organization, website: website.text, about: about, building: building))
    }

    /// A draft is kept as it is, as far as it can be kept: what other people might read is checked at submission.
    package var clipped: ApplicationAnswers {
        ApplicationAnswers(
            organization: Self.clip(organization), website: Self.clip(website), about: Self.clip(about),
            building: Self.clip(building))
    }

    /// What is different, field by field, in the order of the form.
    package func differences(since old: ApplicationAnswers) -> [(field: String, before: String, after: String)] {
        [
            (field: "Company or name", before: old.organization, after: organization),
            (field: "Website", before: old.website, after: website),
            (field: "Who they are", before: old.about, after: about),
            (field: "What they build", before: old.building, after: building),
        ].filter { !$0.before.utf8.elementsEqual($0.after.utf8) }
    }

    private static func text(_ typed: String, _ length: ClosedRange<Int>) -> String? {
        guard let text = TypedText.paragraph(typed, atMost: length.upperBound * 4),
            length.contains(text.unicodeScalars.count)
        else { return nil }
        return text
    }

    private static func clip(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\0" }.prefix(2000)))
    }
}

/// What an operator decided about one version.
package struct ApplicationDecision: Sendable {
    package enum Verdict: String, Sendable {
        case approved, rejected, changesRequested = "changes_requested"
    }

    package let verdict: Verdict
    /// For the applicant; empty only when approved.
    package let reason: String
    package let version: Int64
    package let decidedBy: String
    package let decidedAt: Instant

    package init(verdict: Verdict, reason: String, version: Int64, decidedBy: String, decidedAt: Instant) {
        self.verdict = verdict
        self.reason = reason
        self.version = version
        self.decidedBy = decidedBy
        self.decidedAt = decidedAt
    }

    /// Field names: `decision`, `reason`.
    package static func check(verdict: String, reason: String) -> Checked<(verdict: Verdict, reason: String)> {
        guard let verdict = Verdict(rawValue: verdict) else {
            return .invalid([Problem("decision", "Choose Approve, Ask for changes or Reject.")])
        }
        let text = TypedText.paragraph(reason, atMost: 2000)
        if let text { return .valid((verdict: verdict, reason: text)) }
        let isEmpty = reason.utf8.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard verdict == .approved, isEmpty else {
            let message =
                verdict == .rejected
                ? "Say why, so that they know what to change. They get this by mail."
                : "Say what should change. They get this by mail."
            return .invalid([Problem("reason", isEmpty ? message : "Use up to 2,000 characters of plain text.")])
        }
        return .valid((verdict: verdict, reason: ""))
    }
}
