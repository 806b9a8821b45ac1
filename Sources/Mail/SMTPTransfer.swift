import CCurl
import Synchronization

/// How long one attempt may take, in milliseconds.
package struct SMTPLimits: Sendable {
    /// Name look-up, connection and TLS.
    package var connect: Int
    /// The server's silence after one command.
    package var answer: Int
    /// Everything up to the server's last word on the mail.
    package var total: Int

    package init(connect: Int = 10_000, answer: Int = 30_000, total: Int = 60_000) {
        self.connect = connect
        self.answer = answer
        self.total = total
    }
}

/// Raised to make a running transfer stop within about a second.
final class StopFlag: Sendable {
    private let raised = Atomic(false)

    var isRaised: Bool { raised.load(ordering: .relaxed) }
    func raise() { raised.store(true, ordering: .relaxed) }
}

/// One mail over one connection, blocking. The options of libcurl, and why they are set as they are.
struct SMTPTransfer: Sendable {
    let message: MailMessage
    let server: SMTPServer
    let limits: SMTPLimits
    let stop: StopFlag

    /// libcurl wants this once per process; its result says whether TLS works at all.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    func run() -> DeliveryResult { run(message.rendered()) }

    /// Sends `content` under the message's envelope.
    func run(_ content: [UInt8]) -> DeliveryResult {
        guard !stop.isRaised else { return .temporary(reason: "stopped before it was tried") }
        guard Self.isReady, let curl = curl_easy_init() else {
            return .temporary(reason: "libcurl cannot be initialised")
        }
        return content.withUnsafeBufferPointer { bytes in
            let flag = Unmanaged.passUnretained(stop)
            let transfer = ccurl_transfer_new(
                bytes.baseAddress, bytes.count,
                { context in
                    guard let context else { return 0 }
                    return Unmanaged<StopFlag>.fromOpaque(context).takeUnretainedValue().isRaised ? 1 : 0
                }, flag.toOpaque())
            // Clean-up may still speak to the server through the callbacks, so the transfer goes last.
            defer {
                curl_easy_cleanup(curl)
                ccurl_transfer_free(transfer)
            }
            guard let transfer else { return .temporary(reason: "out of memory") }
            let recipients = curl_slist_append(nil, "<\(message.to.address)>")
            defer { curl_slist_free_all(recipients) }
            // A setting that libcurl does not take (CA checking, say) must stop the mail, not be skipped.
            guard configure(curl, transfer, recipients) == CURLE_OK else {
                return .temporary(reason: "libcurl refused a setting")
            }
            return withExtendedLifetime(stop) { perform(curl, transfer) }
        }
    }

    private func perform(_ curl: UnsafeMutableRawPointer, _ transfer: OpaquePointer) -> DeliveryResult {
        let code = curl_easy_perform(curl)
        return TransferReport(
            code: code, status: ccurl_response_code(curl), refusal: Self.bytes(ccurl_refusal(transfer)),
            stage: ccurl_refusal_stage(transfer), error: Self.bytes(ccurl_error(transfer))
        ).result
    }

    private func configure(
        _ curl: UnsafeMutableRawPointer, _ transfer: OpaquePointer, _ recipients: UnsafeMutablePointer<curl_slist>?
    ) -> CURLcode {
        var settings: [CURLcode] = []
        func set(_ option: CURLoption, _ value: Int) { settings.append(ccurl_set_long(curl, option, value)) }
        func set(_ option: CURLoption, _ value: String) { settings.append(ccurl_set_string(curl, option, value)) }

        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        set(CURLOPT_URL, server.url(greeting: message.from.domain))
        set(CURLOPT_PROXY, "")  // not even if the environment names one
        set(CURLOPT_NOSIGNAL, 1)  // we are one of many threads
        set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect)
        set(CURLOPT_TIMEOUT_MS, limits.total)
        set(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, limits.answer / 1_000))
        // Closed by this transfer, under its limits; a kept connection says QUIT later, with 120 s of patience.
        set(CURLOPT_FORBID_REUSE, 1)

        set(CURLOPT_USE_SSL, Int(useSSL.rawValue))
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        if let authorities = server.authorities { set(CURLOPT_CAINFO, authorities) }
        if let user = server.user, let password = server.password {
            set(CURLOPT_USERNAME, user)
            set(CURLOPT_PASSWORD, password)
        }

        set(CURLOPT_MAIL_FROM, "<\(message.from.address)>")
        settings.append(
            recipients == nil ? CURLE_OUT_OF_MEMORY : ccurl_set_list(curl, CURLOPT_MAIL_RCPT, recipients))
        settings.append(ccurl_attach(curl, transfer))
        return settings.first { $0 != CURLE_OK } ?? CURLE_OK
    }

    private var useSSL: curl_usessl {
        switch server.tls {
        case .none: CURLUSESSL_NONE
        case .optional: CURLUSESSL_TRY
        case .required, .implicit: CURLUSESSL_ALL
        }
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
        guard let text else { return [] }
        return Array(String(cString: text).utf8)
    }
}
