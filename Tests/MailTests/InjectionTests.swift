import Testing

@testable import Mail

@Suite("Case 257 · Nothing gets into a mail's headers or envelope")
struct InjectionTests {
    static let breaks = [
        "x\r\nBcc: mallory@globex.example", "x\nBcc: mallory@globex.example", "x\rBcc: mallory@globex.example",
        "x\r\n\r\nbody", "\n", "\r\n", "x\u{0}y", "x\u{0B}y", "x\u{0C}y", "x\u{1B}[2J", "x\u{7F}", "x\u{85}y", "x\ty",
        "\r\n.\r\n", "x\r\n\u{301}Bcc: y", "\u{301}\nx",
    ]

    @Test(arguments: breaks)
    func `Case 257: a line break or control byte in a header value is refused`(value: String) {
        #expect(throws: InvalidMail.self) { try mail(subject: value) }
        #expect(throws: InvalidMail.self) { try mail(from: "\(value) <mail@portal.example>") }
        #expect(throws: InvalidMail.self) { try mail(from: value) }
        #expect(throws: InvalidMail.self) { try mail(to: value) }
        #expect(throws: InvalidMail.self) { try mail(messageID: value) }
    }

    @Test(arguments: [
        "ada@acme.example>\r\nRCPT TO:<mallory@globex.example", "ada@acme.example\r\nRCPT TO:<mallory@globex.example>",
        "ada@acme.example> SIZE=1", "ada@acme.example,mallory@globex.example",
        "ada@acme.example mallory@globex.example",
        "ada@acme.example;mallory@globex.example", "<ada@acme.example>", "Ada <ada@acme.example>",
        "ada@acme@globex.example",
        "@acme.example", "ada@", "ada", "", " ada@acme.example", "ada@acme.example ", "ada@acme.example\n",
        "ada.@acme.example",
        ".ada@acme.example", "a..da@acme.example", "\"a da\"@acme.example", "ada@[127.0.0.1]", "ada@-acme.example",
        "ada@acme.example.", "ada@acme..example", "ädа@acme.example", "ada@аcme.example", "ada\u{2028}@acme.example",
        "ada@acme.example\u{2029}", "ada@acme.example\u{301}", "ada(comment)@acme.example", "friends:ada@acme.example;",
        "a@\(String(repeating: "b.", count: 130))c", "\(String(repeating: "a", count: 65))@acme.example",
        "-oQ/tmp@", "ada@acme.example\\", "ada@acme_example.com",
    ])
    func `Case 257: a recipient is one plain address or nothing`(to: String) {
        #expect(throws: InvalidMail(field: .to, problem: "must be one plain ASCII mail address")) { try mail(to: to) }
    }

    @Test(arguments: ["ada@acme.example", "o'neil+news@mail.acme.example", "root@localhost", "a_b-c=d@1.example"])
    func `ordinary addresses are taken as they are`(address: String) throws {
        #expect(lines(try mail(to: address)).contains("To: \(address)"))
        #expect(try Mailbox(parsing: "\"Ada L.\" <\(address)>", field: .from).words == ["\"Ada L.\"", "<\(address)>"])
    }

    @Test(arguments: ["Eve\" <eve@globex.example>, \"Ada", "Ada <ada@acme.example>", "a\\", "<"])
    func `Case 257: a sender's name cannot close its quotes or open an address`(name: String) {
        #expect(throws: InvalidMail.self) { try mail(from: "\(name) <mail@portal.example>") }
    }

    @Test(arguments: [
        "Acme\u{2028}Bcc: x@y.example", "Acme\u{2029}", "Acme =?utf-8?Q?=0D=0ABcc:?=", "Ünïcode \u{202E}tenant",
    ])
    func `Case 257: what only looks like a line break is encoded`(value: String) throws {
        let message = try mail(from: "\(value) <mail@portal.example>", subject: value)
        let headers = lines(message).prefix { !$0.isEmpty }
        #expect(headers.allSatisfy { $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } && $0.utf8.count <= 76 })
        #expect(!headers.contains { $0.hasPrefix("Bcc") || $0.contains("?Q?") })
        #expect(headers.count { $0.hasPrefix("From:") || $0.hasPrefix("Subject:") } == 2)
    }

    @Test func `Case 257: a header value of 10 KB is refused, one of 998 bytes is folded`() throws {
        #expect(throws: InvalidMail.self) { try mail(subject: String(repeating: "x", count: 10_240)) }
        #expect(throws: InvalidMail.self) { try mail(from: String(repeating: "x", count: 10_240) + " <a@b.example>") }
        let message = try mail(
            from: String(repeating: "y", count: 998) + " <a@b.example>", subject: String(repeating: "x", count: 998))
        #expect(lines(message).allSatisfy { $0.utf8.count <= 76 })
    }

    @Test func `Case 257: no bare CR or LF is ever rendered, whatever the body holds`() throws {
        let bytes = try mail(text: "a\rb\nc\r\nd\r\r\ne\n\n.\n..\r\n.\r\nQUIT\r\n").rendered()
        for (index, byte) in bytes.enumerated() {
            if byte == 0x0D { #expect(index + 1 < bytes.count && bytes[index + 1] == 0x0A) }
            if byte == 0x0A { #expect(index > 0 && bytes[index - 1] == 0x0D) }
        }
    }

    @Test func `a NUL in the body is refused`() {
        #expect(throws: InvalidMail(field: .text, problem: "contains a NUL")) { try mail(text: "a\u{0}b") }
    }

    @Test func `a refusal does not repeat the refused value`() {
        #expect(throws: InvalidMail(field: .subject, problem: "contains a control character or a line break")) {
            try mail(subject: "https://portal.example/reset/gw_ml_secret\r\n")
        }
    }
}
