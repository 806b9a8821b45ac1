import Portal
import Testing

struct EmailAddressTests {
    @Test(arguments: [
        "ada@acme.example", "a@b.co", "ada.lovelace+gatewright@mail.acme.example", "o'neil@acme.example",
        "ada_1-2@a-b.example", "1@2.example",
    ])
    func `ordinary addresses are taken as they were typed`(typed: String) {
        #expect(EmailAddress(typed)?.text == typed)
    }

    @Test(arguments: [
        "a@b@c.example", "ada@@acme.example", "@acme.example", "ada@", "ada", "", " ", "ada@acme", "ada@acme.example.",
        "ada@.acme.example", "ada@acme..example", ".ada@acme.example", "ada.@acme.example", "a..da@acme.example",
        "\"ada\"@acme.example", "\"a@b\"@acme.example", "ada(comment)@acme.example", "ada@[127.0.0.1]",
        "ada@-acme.example", "ada@acme-.example", "ada@acme_.example", "ada @acme.example", "ada@acme .example",
        "ada@acme.example\n", "ada@acme.example\r\nBcc: eve@globex.example", "ada\0@acme.example",
        "Ada <ada@acme.example>", "ada@acme.example,eve@globex.example", "ada@acme.example;eve@globex.example",
        "\u{131}@acme.example", "\u{130}@acme.example", "ada@acme.ex\u{131}mple", "ad\u{E1}@acme.example",
        "ada\u{301}@acme.example", "ada@\u{430}cme.example", "ada\u{200B}@acme.example", "ada\u{FF20}acme.example",
    ])
    func `Case 177: two ats, quoted parts, foreign letters and line breaks are refused`(typed: String) {
        #expect(EmailAddress(typed) == nil)
    }

    @Test func `Case 177: parts longer than mail allows are refused`() {
        let long = String(repeating: "a", count: 64)
        #expect(EmailAddress("\(long)@acme.example") != nil)
        #expect(EmailAddress("\(long)a@acme.example") == nil)
        #expect(EmailAddress("ada@\(long).example") == nil)
        let domain = Array(repeating: String(repeating: "a", count: 60), count: 4).joined(separator: ".")
        #expect(EmailAddress("ad@\(domain).example") != nil)
        #expect(EmailAddress("ada@\(domain).example") == nil)
    }

    @Test func `Case 172: one spelling identifies a person, whatever the case typed`() throws {
        let typed = try #require(EmailAddress(" Ada@ACME.example "))
        #expect(typed.text == "Ada@ACME.example")
        #expect(typed.key == "ada@acme.example")
        #expect(typed == EmailAddress("ada@acme.example"))
        #expect(Set([typed]).contains(try #require(EmailAddress("ADA@acme.EXAMPLE"))))
    }

    @Test func `only ASCII letters are folded`() throws {
        let email = try #require(EmailAddress("A[]".dropLast(2) + "{|}~@acme.example"))
        #expect(email.key == "a{|}~@acme.example")
    }
}
