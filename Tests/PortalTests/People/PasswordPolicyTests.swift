import Portal
import Testing

struct PasswordPolicyTests {
    private let policy = PasswordPolicy(common: ["password", "letmein123", "correcthorse"])

    @Test(arguments: [
        "abcdefgh", "correct horse battery staple", " leading space", "trailing space ", "ends in tab\t",
        "päßwörter", "pa\u{308}sswo\u{308}rter", "🦊🐻🐼🦁🐯🐨🐸🐵", String(repeating: "ab ", count: 341),
    ])
    func `Case 176: length is enough, without rules of composition`(password: String) {
        #expect(policy.problem(with: password) == nil)
    }

    @Test(arguments: ["", "a", "short77", "1234567", "🦊🐻🐼🦁🐯🐨🐸"])
    func `Case 176: fewer than eight characters are refused`(password: String) {
        #expect(policy.problem(with: password)?.field == "password")
    }

    @Test func `Case 176: 64 and 1,024 bytes are accepted, more is refused before anything is hashed`() {
        let words = String(repeating: "abcdefgh", count: 128)
        #expect(policy.problem(with: String(words.prefix(64))) == nil)
        #expect(policy.problem(with: words) == nil)
        #expect(policy.problem(with: words + "i") != nil)
        // Bytes count, not characters: 1,024 is what is hashed.
        #expect(policy.problem(with: String(repeating: "äö", count: 257)) != nil)
    }

    @Test(arguments: ["password", "PASSWORD", "PassWord", "letmein123", "LetMeIn123"])
    func `Case 176: listed passwords are refused in any case`(password: String) {
        #expect(policy.problem(with: password)?.message.contains("list") == true)
    }

    @Test(arguments: ["aaaaaaaaaaaa", "abababababab", "11111111"])
    func `Case 176: one or two characters over and over are refused`(password: String) {
        #expect(policy.problem(with: password) != nil)
    }

    @Test func `Case 176: one's own name or address is refused, also in another case`() {
        #expect(policy.problem(with: "Ada@Acme.Example", name: "Ada", email: "ada@acme.example") != nil)
        #expect(policy.problem(with: "ada lovelace", name: "Ada Lovelace", email: "ada@acme.example") != nil)
        #expect(policy.problem(with: "ada lovelace 1815", name: "Ada Lovelace", email: "ada@acme.example") == nil)
    }

    @Test func `a NUL, where C strings would end, is refused`() {
        #expect(policy.problem(with: "good start\0rest") != nil)
    }
}

struct SignUpTests {
    private let policy = PasswordPolicy(common: ["password"])

    @Test func `Case 176: the password is kept exactly as it was typed`() {
        for password in [" spaces around ", "pa\u{308}sswort", "p\u{E4}sswort"] {
            let checked = SignUp.check(name: "Ada", email: "ada@acme.example", password: password, policy: policy)
            #expect(checked.value.map { Array($0.password.utf8) } == Array(password.utf8))
        }
    }

    @Test func `every problem is said at once, each with its field`() {
        let checked = SignUp.check(name: "", email: "ada@@acme", password: "short", policy: policy)
        #expect(checked.fields == ["name", "email", "password"])
    }

    @Test func `Case 133: a name cannot hold a line break or a bidirectional override`() {
        for name in ["Ada\nLovelace", "Ada\u{202E}", "Ada\u{200B}", String(repeating: "a", count: 101)] {
            let checked = SignUp.check(
                name: name, email: "ada@acme.example", password: "a good password", policy: policy)
            #expect(checked.fields == ["name"])
        }
    }
}
