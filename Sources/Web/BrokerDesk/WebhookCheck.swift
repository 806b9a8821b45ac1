/// How a receiver tells our deliveries from everybody else's, in several languages.
enum WebhookCheck {
    static var languages: [LanguageExample] {
        [
            LanguageExample(key: "javascript", name: "JavaScript", steps: [step(javaScript)], isChosen: true),
            LanguageExample(key: "python", name: "Python", steps: [step(python)]),
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
}
