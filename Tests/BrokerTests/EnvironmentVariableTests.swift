import Broker
import Testing

@Suite("Environment variables, as they are typed")
struct EnvironmentVariableTests {
    private func mistakes(_ text: String) -> [String] {
        EnvironmentVariable.read(text).mistakes.map { "\($0.line ?? 0): \($0.sentence)" }
    }

    @Test func `names and values are read line by line, and written back the same`() {
        let read = EnvironmentVariable.read("API_REGION=eu\r\n\n  _X1= never \nQUOTED=\"a = b\"\nEMPTY=")
        #expect(read.mistakes.isEmpty)
        #expect(
            read.variables.map(\.name) == ["API_REGION", "_X1", "QUOTED", "EMPTY"]
                && read.variables.map(\.value) == ["eu", "never", "\"a = b\"", ""])
        let again = EnvironmentVariable.read(EnvironmentVariable.text(of: read.variables))
        #expect(again.mistakes.isEmpty && again.variables == read.variables)
        #expect(EnvironmentVariable.read("").variables.isEmpty)
        #expect(EnvironmentVariable.read("A=ü\tß\u{1F980}").variables.first?.value == "ü\tß\u{1F980}")
    }

    @Test(arguments: [
        "API REGION=eu", "1A=b", "=b", "A-B=c", "É=1", String(repeating: "A", count: 101) + "=x", "A =b",
    ])
    func `what is no name is refused by its line`(line: String) {
        let found = mistakes("OK=1\n" + line)
        #expect(found.count == 1 && found[0].hasPrefix("2: A name has"), "\(found)")
    }

    @Test func `every line that is wrong is named, and nothing of a value is said`() {
        let found = mistakes(
            "secret-words\n\nA=1\nA=other-secret\nB=a\u{7F}b\nC=" + String(repeating: "x", count: 4097))
        #expect(found.map { $0.prefix(2) } == ["1:", "4:", "5:", "6:"])
        #expect(found[1].contains("line 3") && found[3].contains("5 KB"))
        #expect(!found.joined().contains("secret"))
    }

    @Test func `a hundred are the most, and 32 KB`() {
        let hundred = (1...100).map { "A\($0)=x" }.joined(separator: "\n")
        #expect(mistakes(hundred) == [])
        #expect(mistakes(hundred + "\nB=x") == ["0: There are 101 variables. Keep them to 100."])
        let large = (1...9).map { "A\($0)=" + String(repeating: "x", count: 4000) }.joined(separator: "\n")
        #expect(mistakes(large) == ["0: Together they are 36 KB. Keep them to 32 KB."])
    }

    @Test func `an environment's name stands in addresses`() {
        for name in ["dev", "a", "eu-west-1", String(repeating: "a", count: 32)] {
            #expect(BrokerEnvironment.isName(name), "\(name)")
        }
        for name in ["", "new", "-a", "a-", "A", "a b", "a_b", String(repeating: "a", count: 33), "ä"] {
            #expect(!BrokerEnvironment.isName(name), "\(name)")
        }
    }
}
