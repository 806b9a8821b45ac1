import Foundation
import Testing

@testable import Mail

/// The mail of these tests: Ada at Acme gets a verification link.
func mail(
    from: String = "Gatewright <mail@portal.example>", to: String = "ada@acme.example",
    subject: String = "Verify your address", text: String = "Hello Ada,\nopen the link.\n",
    messageID: String = "out_1@portal.example", date: Int64 = 1_795_260_734
) throws(InvalidMail) -> MailMessage {
    try MailMessage(from: from, to: to, subject: subject, text: text, messageID: messageID, date: date)
}

/// The lines of a rendered mail, split at CRLF only.
func lines(_ message: MailMessage) -> [String] {
    var lines: [[UInt8]] = [[]]
    let bytes = message.rendered()
    for (index, byte) in bytes.enumerated() {
        if byte == 0x0A, index > 0, bytes[index - 1] == 0x0D {
            lines[lines.count - 1].removeLast()
            lines.append([])
        } else {
            lines[lines.count - 1].append(byte)
        }
    }
    return lines.map { String(decoding: $0, as: UTF8.self) }
}

@Suite("RFC 5322 · Rendering a mail")
struct MessageTests {
    @Test func `a mail is rendered as headers, an empty line and a body, byte for byte`() throws {
        let text = String(decoding: try mail().rendered(), as: UTF8.self)
        #expect(
            Array(text.utf8)
                == Array(
                    """
                    Date: Sat, 21 Nov 2026 11:32:14 +0000\r
                    From: "Gatewright" <mail@portal.example>\r
                    To: ada@acme.example\r
                    Message-ID: <out_1@portal.example>\r
                    Subject: Verify your address\r
                    Auto-Submitted: auto-generated\r
                    MIME-Version: 1.0\r
                    Content-Type: text/plain; charset=utf-8\r
                    Content-Transfer-Encoding: quoted-printable\r
                    \r
                    Hello Ada,\r
                    open the link.\r

                    """.utf8))
    }

    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 +0000"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 +0000"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 +0000"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 +0000"),
        ] as [(Int64, String)])
    func `§3.3: dates are in UTC and right across leap days`(seconds: Int64, text: String) {
        #expect(MailDate.text(seconds) == text)
    }

    @Test func `§3.3: dates from 1970 to 2150 are those that Foundation gives`() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        let wrong = stride(from: Int64(0), to: 66_000 * 86_400, by: 86_400 * 3 + 3_607).filter {
            MailDate.text($0) != formatter.string(from: Date(timeIntervalSince1970: TimeInterval($0)))
        }
        #expect(wrong == [])
    }

    @Test(arguments: [Int64.min, -1, 253_402_300_800, Int64.max])
    func `a date outside 1970 to 9999 is refused and never traps`(seconds: Int64) {
        #expect(throws: InvalidMail(field: .date, problem: "is out of range")) { try mail(date: seconds) }
        #expect(MailDate.text(seconds).utf8.count == 31)
    }

    @Test(arguments: ["Grüße von Acme", "邀请函 📬 来自 Acme", "=?utf-8?B?aGk=?=", " leading", "x\u{2028}y", "e\u{301}"])
    func `RFC 2047: a subject that is not plain ASCII travels as encoded words`(subject: String) throws {
        let field = try #require(lines(try mail(subject: subject)).first { $0.utf8.starts(with: "Subject:".utf8) })
        let word = field.dropFirst("Subject: ".count)
        #expect(word.hasPrefix("=?utf-8?B?") && word.hasSuffix("?="))
        let data = Data(base64Encoded: String(word.dropFirst(10).dropLast(2)))
        #expect(data == Data(subject.utf8))
    }

    @Test func `RFC 2047 §2, §5: long subjects fold into words of at most 75, no character torn`() throws {
        let subject = String(repeating: "Grüße 📬 ", count: 70)
        let folded = lines(try mail(subject: subject)).drop { !$0.hasPrefix("Subject: ") }
        let words =
            [String(folded.first!.dropFirst(9))]
            + folded.dropFirst().prefix { $0.hasPrefix(" ") }.map { String($0.dropFirst()) }
        #expect(words.count > 10)
        #expect(words.allSatisfy { $0.utf8.count <= 75 })
        let parts = words.map { Data(base64Encoded: String($0.dropFirst(10).dropLast(2))) ?? Data() }
        #expect(parts.allSatisfy { String(validating: $0, as: UTF8.self) != nil })
        #expect(Data(parts.joined()) == Data(subject.utf8))
    }

    @Test(arguments: [
        "", "\n", "a", "a\n\nb", "trailing space \nand tab\t", "50 % = half", "From here\nFrom there",
        "ключ: значение", "one\rtwo\r\nthree\n", "\u{2028}\u{85}\u{0B}", String(repeating: "0123456789", count: 1_024),
        String(repeating: "é", count: 5_000), String(repeating: ".", count: 400),
    ])
    func `RFC 2045 §6.7: a body comes back as it was, in ASCII lines of at most 76`(text: String) throws {
        let rendered = lines(try mail(text: text))
        #expect(rendered.allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } })
        let body = Array(rendered.drop { !$0.isEmpty }.dropFirst())
        #expect(body.last == "")
        #expect(body.allSatisfy { !$0.hasPrefix(".") && !$0.hasPrefix("From ") && !$0.hasSuffix(" ") })
        #expect(decoded(body.dropLast()) == normalised(text))
    }

    @Test func `a body of 256 KiB is taken, one byte more is refused`() throws {
        _ = try mail(text: String(repeating: "a", count: 256 * 1_024))
        #expect(throws: InvalidMail.self) { try mail(text: String(repeating: "a", count: 256 * 1_024 + 1)) }
    }

    /// Undoes quoted-printable by the letter of RFC 2045.
    private func decoded(_ body: ArraySlice<String>) -> [UInt8] {
        var out: [UInt8] = []
        for line in body {
            var bytes = Array(line.utf8)
            let isSoft = bytes.last == UInt8(ascii: "=")
            if isSoft { bytes.removeLast() }
            var index = 0
            while index < bytes.count {
                if bytes[index] == UInt8(ascii: "=") {
                    out.append(UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)!)
                    index += 3
                } else {
                    out.append(bytes[index])
                    index += 1
                }
            }
            if !isSoft { out.append(0x0A) }
        }
        return out
    }

    /// Every line end as LF, and one at the end.
    private func normalised(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0D || (byte == 0x0A && previous != 0x0D) { out.append(0x0A) }
            if byte != 0x0D, byte != 0x0A { out.append(byte) }
            previous = byte
        }
        if !out.isEmpty, out.last != 0x0A { out.append(0x0A) }
        return out
    }
}
