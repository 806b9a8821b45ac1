/// How a receiver tells our deliveries from everybody else's, in several languages.
enum WebhookCheck {
    static var languages: [LanguageExample] {
        [
            LanguageExample(key: "javascript", name: "JavaScript", steps: [step(javaScript)], isChosen: true),
            LanguageExample(key: "python", name: "Python", steps: [step(python)]),
            LanguageExample(key: "curl", name: "Shell", steps: [step(shell)]),
            LanguageExample(key: "swift", name: "Swift", steps: [step(swift)]),
        ]
    }

    private static func step(_ code: String) -> Snippet { Snippet(label: "Check a delivery", code: code) }

    private static let javaScript = """
        import { createHmac, timingSafeEqual } from "node:crypto";

        // body: the raw bytes, before anything has parsed them
        export function isOurs(headers, body, key = process.env.GATEWRIGHT_WEBHOOK_KEY) {
          const [time, ...signatures] = headers["gatewright-signature"].split(",");
          const seconds = Number(time.slice(2));
          if (!(Math.abs(Date.now() / 1000 - seconds) < 300)) return false;
          const made = createHmac("sha256", key)
            .update(`${seconds}.${headers["gatewright-id"]}.`).update(body).digest();
          return signatures.some((one) => {
            const sent = Buffer.from(one.slice(3), "hex");
            return sent.length === made.length && timingSafeEqual(sent, made);
          });
        }
        """

    private static let python = """
        import hashlib, hmac, os, time

        # body: the raw bytes, before anything has parsed them
        def is_ours(headers, body, key=os.environ["GATEWRIGHT_WEBHOOK_KEY"]):
            first, *signatures = headers["gatewright-signature"].split(",")
            seconds = first.removeprefix("t=")
            if not seconds.isdigit() or abs(time.time() - int(seconds)) > 300:
                return False
            message = f"{seconds}.{headers['gatewright-id']}.".encode() + body
            made = "v1=" + hmac.new(key.encode(), message, hashlib.sha256).hexdigest()
            return any(hmac.compare_digest(made, one) for one in signatures)
        """

    private static let shell = #"""
        # is_ours BODY_FILE ID SIGNATURE: a file with the raw body,
        # and what Gatewright-Id and Gatewright-Signature say
        is_ours() {
            local seconds=${3%%,*} now=$(date +%s) made
            seconds=${seconds#t=}
            [[ $seconds =~ ^[0-9]{1,12}$ ]] || return 1
            (( now - seconds < 300 && seconds - now < 300 )) || return 1
            made=$({ printf '%s.%s.' "$seconds" "$2"; cat "$1"; } |
                openssl dgst -sha256 -hmac "$GATEWRIGHT_WEBHOOK_KEY" | sed 's/.* //')
            [[ ,$3, == *",v1=$made,"* ]]
        }
        """#

    private static let swift = #"""
        import Foundation
        #if canImport(CryptoKit)
        import CryptoKit
        #else
        import Crypto
        #endif

        /// `body`: the raw bytes, before anything has parsed them; `headers` by their names in lower case.
        func isOurs(_ headers: [String: String], _ body: Data, key: String) -> Bool {
            let parts = (headers["gatewright-signature"] ?? "").split(separator: ",").map(String.init)
            guard let first = parts.first, let seconds = Int(first.dropFirst(2)),
                abs(Date.now.timeIntervalSince1970 - Double(seconds)) < 300
            else { return false }
            let message = Data("\(seconds).\(headers["gatewright-id"] ?? "").".utf8) + body
            return parts.dropFirst().contains { one in
                let digits = Array(one.dropFirst(3))
                let sent = stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
                return HMAC<SHA256>.isValidAuthenticationCode(
                    sent, authenticating: message, using: SymmetricKey(data: Data(key.utf8)))
            }
        }
        """#
}
