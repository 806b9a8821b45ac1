import Broker
import OAuth
import Testing

@Suite("Signed connect requests")
struct SignatureTests {
    @Test func `Case 196: the wire's digest has its known answer`() {
        let digest = ConnectDigest.make(integration: "github", connection: "u1", key: "s3cret")
        #expect(digest == "661d23fa831cdabc6cdb4902417911b4917ee4ff61d094da0ab50a5981fd310a")
        #expect(ConnectDigest.verify(digest, integration: "github", connection: "u1", key: "s3cret"))
    }

    @Test func `Case 187: every other spelling of a digest is refused`() {
        let digest = ConnectDigest.make(integration: "github", connection: "u1", key: "s3cret")
        let wrong = [
            "", digest.uppercased(), digest + "0", " " + digest, digest + "\n", "0" + digest.dropFirst(),
            String(digest.dropLast()),
        ]
        for digest in wrong {
            #expect(!ConnectDigest.verify(digest, integration: "github", connection: "u1", key: "s3cret"))
        }
    }

    @Test func `Case 193: an empty key signs nothing`() {
        let digest = ConnectDigest.make(integration: "github", connection: "u1", key: "")
        #expect(!ConnectDigest.verify(digest, integration: "github", connection: "u1", key: ""))
    }

    private let key = "0123456789abcdef0123456789abcdef"
    private let parameters: [(name: String, value: String)] = [
        ("connection_id", "user:42"), ("end_user", "é"), ("expires", "1790000000"), ("integration", "github"),
        ("nonce", "n-0001"), ("tenant", "acme"),
    ]

    @Test func `Case 196: connect v1 has its known answer`() {
        #expect(
            SignedConnect.sign(parameters, key: key)
                == "432e67b9d3457b22b8f78a1b430954959a3c33b39e840f90e46dd7ebc3cdee64")
        #expect(
            SignedConnect.sign(parameters.reversed(), key: key)
                == "432e67b9d3457b22b8f78a1b430954959a3c33b39e840f90e46dd7ebc3cdee64")
    }

    @Test func `Case 190: a signed request ends, and cannot be made to last`() {
        let signature = SignedConnect.sign(parameters, key: key)
        func refusal(_ seconds: Int64) -> SignedConnect.Refusal? {
            switch SignedConnect.verify(parameters, signature: signature, key: key, at: Instant(seconds: seconds)) {
            case .success: nil
            case .failure(let refusal): refusal
            }
        }
        #expect(refusal(1_789_999_999) == nil)
        #expect(refusal(1_789_999_700) == nil)
        #expect(refusal(1_789_999_699) == .tooFarAhead)
        #expect(refusal(1_790_000_000) == .expired)
    }

    @Test func `an end has one spelling`() {
        for spelling in ["+1790000000", "01790000000", "1790000000 ", "1.79e9", "１790000000", ""] {
            var odd = parameters
            odd[2].value = spelling
            let signature = SignedConnect.sign(odd, key: key)
            guard
                case .failure(.missing) = SignedConnect.verify(
                    odd, signature: signature, key: key, at: Instant(seconds: 1_789_999_900))
            else {
                Issue.record("\(spelling) was taken")
                continue
            }
        }
    }

    @Test func `Case 191: no parameter can be changed, added, dropped or moved into its neighbour`() {
        let signature = SignedConnect.sign(parameters, key: key)
        let now = Instant(seconds: 1_789_999_900)
        var forms: [[(name: String, value: String)]] = parameters.indices.map { index in
            var changed = parameters
            changed[index].value += "x"
            return changed
        }
        forms.append(parameters + [("scope", "admin")])
        let without = parameters.filter { $0.name != "end_user" }
        forms.append(without)
        var moved = without
        moved[0].value += "\nend_user=é"
        forms.append(moved)
        for form in forms {
            guard case .failure = SignedConnect.verify(form, signature: signature, key: key, at: now) else {
                return #expect(Bool(false), "\(form)")
            }
        }
    }
}

@Suite("Addresses that calls may go to")
struct NetworkAddressTests {
    @Test(
        arguments: [
            [127, 0, 0, 1], [10, 1, 2, 3], [172, 16, 0, 1], [172, 31, 255, 255], [192, 168, 0, 1],
            [169, 254, 169, 254],
            [100, 64, 0, 1], [0, 0, 0, 0], [192, 0, 0, 1], [198, 19, 0, 1], [224, 0, 0, 1], [255, 255, 255, 255],
        ] as [[UInt8]])
    func `Case 205: private and special networks are refused`(bytes: [UInt8]) {
        #expect(NetworkAddress(bytes)?.isPublic == false)
    }

    @Test(
        arguments: [[1, 1, 1, 1], [172, 32, 0, 1], [100, 128, 0, 1], [198, 20, 0, 1], [223, 255, 255, 1]] as [[UInt8]])
    func `the public internet is not`(bytes: [UInt8]) {
        #expect(NetworkAddress(bytes)?.isPublic == true)
    }

    private func six(_ prefix: [UInt8]) -> NetworkAddress? {
        NetworkAddress(prefix + [UInt8](repeating: 0, count: 15 - prefix.count) + [1])
    }

    @Test func `Case 205: IPv6 hides no IPv4`() {
        let hidden: [[UInt8]] = [
            [], [0xFC], [0xFE, 0x80], [0xFE, 0xC0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0],
            [0, 0x64, 0xFF, 0x9B], [0, 0x64, 0xFF, 0x9B, 0, 1], [0x20, 0x02, 127], [0x20, 0x01, 0, 0], [0xFF, 2],
        ]
        for prefix in hidden { #expect(six(prefix)?.isPublic == false, "\(prefix)") }
        #expect(six([0x26, 0x06, 0x47, 0])?.isPublic == true)
        #expect(NetworkAddress([1, 2, 3]) == nil)
    }
}
