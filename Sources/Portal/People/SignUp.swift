/// What somebody typed to become a person here, checked.
package struct SignUp: Sendable {
    package let name: String
    package let email: EmailAddress
    package let password: String

    /// Field names: `name`, `email`, `password`.
    package static func check(
        name: String, email: String, password: String, policy: PasswordPolicy
    ) -> Checked<SignUp> {
        var problems: [Problem] = []
        var goodName: String?
        switch checkedName(name) {
        case .valid(let name): goodName = name
        case .invalid(let more): problems += more
        }
        let goodEmail = EmailAddress(email)
        if goodEmail == nil {
            problems.append(Problem("email", "Enter an email address like name@example.com."))
        }
        if let problem = policy.problem(with: password, name: name, email: email) { problems.append(problem) }
        guard let goodName, let goodEmail, problems.isEmpty else { return .invalid(problems) }
        return .valid(SignUp(name: goodName, email: goodEmail, password: password))
    }

    /// What a person can be called, at sign-up and later.
    package static func checkedName(_ typed: String) -> Checked<String> {
        guard let name = TypedText.line(typed, atMost: 100) else {
            return .invalid([Problem("name", "Enter your name, up to 100 characters.")])
        }
        if let problem = PublicName.problem(with: name) { return .invalid([Problem("name", problem)]) }
        return .valid(name)
    }
}
