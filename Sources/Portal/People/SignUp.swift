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
        let goodName = TypedText.line(name, atMost: 100)
        if goodName == nil { problems.append(Problem("name", "Enter your name, up to 100 characters.")) }
        if let problem = goodName.flatMap(PublicName.problem(with:)) { problems.append(Problem("name", problem)) }
        let goodEmail = EmailAddress(email)
        if goodEmail == nil {
            problems.append(Problem("email", "Enter an email address like name@example.com."))
        }
        if let problem = policy.problem(with: password, name: name, email: email) { problems.append(problem) }
        guard let goodName, let goodEmail, problems.isEmpty else { return .invalid(problems) }
        return .valid(SignUp(name: goodName, email: goodEmail, password: password))
    }
}
