import CCurl

/// One exchange, blocking. The options of libcurl, and why they are set as they are.
struct OutboundTransfer {
    /// Asked with 4 or 16 bytes, in network order, and whether the call is of the web: https at port 443.
    typealias AddressCheck = @Sendable ([UInt8], _ isWeb: Bool) -> Bool

    let request: OutboundRequest
    let limits: OutboundLimits
    let allowsPlainHTTP: Bool
    let allows: AddressCheck

    /// libcurl wants this once per process; its result says whether TLS works at all.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private final class Check {
        let allows: AddressCheck
        let isEncrypted: Bool

        init(_ allows: @escaping AddressCheck, isEncrypted: Bool) {
            self.allows = allows
            self.isEncrypted = isEncrypted
        }
    }

    /// Hands head and body on while they come.
    private final class Relay {
        let pipe: OutboundPipe
        let head: () -> (status: Int, headers: [(name: String, value: String)])

        init(_ pipe: OutboundPipe, head: @escaping () -> (status: Int, headers: [(name: String, value: String)])) {
            self.pipe = pipe
            self.head = head
        }
    }

    /// - Parameters:
    ///   - curl: nobody else's while this runs; it keeps its connections for the next request on it.
    ///   - pipe: where the answer goes as it comes; nil to keep it whole.
    func run(on curl: UnsafeMutableRawPointer, into pipe: OutboundPipe? = nil) -> OutboundAnswer {
        guard isPlain else { return .failed(.malformed) }
        guard Self.isReady else { return .failed(.broken) }
        let check = Check(allows, isEncrypted: request.isEncrypted)
        let exchange = ccurl_exchange_new(
            limits.headers, limits.body,
            { context, bytes, length, port in
                guard let context, let bytes else { return 0 }
                let check = Unmanaged<Check>.fromOpaque(context).takeUnretainedValue()
                let address = Array(UnsafeBufferPointer(start: bytes, count: length))
                return check.allows(address, check.isEncrypted && port == 443) ? 1 : 0
            }, Unmanaged.passUnretained(check).toOpaque())
        guard let exchange else { return .failed(.unreachable) }
        defer { ccurl_exchange_free(exchange) }
        // "Expect:" would hold a body back for a second; some servers never answer it.
        let lines = request.headers.map { $0.name + ": " + $0.value } + ["Expect:"]
        let list = lines.reduce(nil as UnsafeMutablePointer<curl_slist>?) { curl_slist_append($0, $1) }
        defer { curl_slist_free_all(list) }
        let relay = pipe.map { pipe in
            Relay(pipe) { (Int(ccurl_exchange_status(exchange)), headers(of: exchange)) }
        }
        return withExtendedLifetime((check, relay)) {
            request.body.withUnsafeBufferPointer { body in
                curl_easy_reset(curl)
                guard configure(curl, exchange, list, body) else { return .failed(.broken) }
                if let relay, !attach(relay, to: exchange, of: curl) { return .failed(.broken) }
                return answer(curl_easy_perform(curl), curl, exchange)
            }
        }
    }

    private func attach(_ relay: Relay, to exchange: OpaquePointer, of curl: UnsafeMutableRawPointer) -> Bool {
        let code = ccurl_exchange_relay(
            curl, exchange,
            { context in
                guard let context else { return 0 }
                let relay = Unmanaged<Relay>.fromOpaque(context).takeUnretainedValue()
                let (status, headers) = relay.head()
                return relay.pipe.open(status, headers) ? 1 : 0
            },
            { context, bytes, length in
                guard let context else { return 0 }
                let relay = Unmanaged<Relay>.fromOpaque(context).takeUnretainedValue()
                return relay.pipe.write(Array(UnsafeBufferPointer(start: bytes, count: length))) ? 1 : 0
            },
            { context in
                guard let context else { return 1 }
                return Unmanaged<Relay>.fromOpaque(context).takeUnretainedValue().pipe.isLetGo ? 1 : 0
            }, Unmanaged.passUnretained(relay).toOpaque())
        return code == CURLE_OK
    }

    /// Nothing that could end a line: libcurl sends headers as they are given.
    private var isPlain: Bool {
        let start = request.url.utf8.prefix(7).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard request.isEncrypted || start.elementsEqual("http://".utf8) else { return false }
        let texts = request.headers.flatMap { [$0.name, $0.value] } + [request.url, request.method]
        return texts.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
    }

    private func configure(
        _ curl: UnsafeMutableRawPointer, _ exchange: OpaquePointer, _ headers: UnsafeMutablePointer<curl_slist>?,
        _ body: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        var settings: [CURLcode] = []
        func set(_ option: CURLoption, _ value: Int) { settings.append(ccurl_set_long(curl, option, value)) }
        func set(_ option: CURLoption, _ value: String) { settings.append(ccurl_set_string(curl, option, value)) }

        set(CURLOPT_PROTOCOLS_STR, allowsPlainHTTP ? "http,https" : "https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROXY, "")  // not even if the environment names one
        set(CURLOPT_NOSIGNAL, 1)  // we are one of many threads
        set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect)
        set(CURLOPT_TIMEOUT_MS, limits.total)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        // Less than a byte a second for so long is a server that says nothing.
        if limits.idle < limits.total {
            set(CURLOPT_LOW_SPEED_LIMIT, 1)
            set(CURLOPT_LOW_SPEED_TIME, max(1, limits.idle / 1000))
        }
        set(CURLOPT_HTTP_CONTENT_DECODING, request.unpacks ? 1 : 0)
        if request.unpacks { set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate") }
        if !body.isEmpty || request.method.utf8.elementsEqual("POST".utf8) {
            settings.append(ccurl_set_body(curl, body.baseAddress, body.count))
        }
        set(CURLOPT_CUSTOMREQUEST, request.method)
        // Or libcurl would wait for the body that its length announces.
        if request.method.utf8.elementsEqual("HEAD".utf8) { set(CURLOPT_NOBODY, 1) }
        settings.append(ccurl_set_list(curl, CURLOPT_HTTPHEADER, headers))
        settings.append(ccurl_exchange_attach(curl, exchange))
        // A setting that libcurl does not take (certificate checks, say) must stop the call, not be skipped.
        return settings.allSatisfy { $0 == CURLE_OK }
    }

    private func answer(
        _ code: CURLcode, _ curl: UnsafeMutableRawPointer, _ exchange: OpaquePointer
    ) -> OutboundAnswer {
        if ccurl_exchange_was_too_large(exchange) != 0 { return .failed(.tooLarge) }
        switch code {
        case CURLE_OK: break
        // The same code stands for an answer in another protocol, which says nothing against the address.
        case CURLE_UNSUPPORTED_PROTOCOL where ccurl_was_sent(curl) != 0: return .failed(.broken)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: return .failed(.malformed)
        case CURLE_OPERATION_TIMEDOUT: return .failed(.timedOut)
        case CURLE_COULDNT_RESOLVE_HOST: return .failed(.unreachable)
        case CURLE_COULDNT_CONNECT:
            return .failed(ccurl_exchange_was_refused(exchange) != 0 ? .refusedAddress : .unreachable)
        default: return .failed(.broken)
        }
        var length = 0
        let body = ccurl_exchange_body(exchange, &length).map { Array(UnsafeBufferPointer(start: $0, count: length)) }
        return .response(status: Int(ccurl_response_code(curl)), headers: headers(of: exchange), body: body ?? [])
    }

    private func headers(of exchange: OpaquePointer) -> [(name: String, value: String)] {
        var length = 0
        guard let start = ccurl_exchange_headers(exchange, &length) else { return [] }
        let bytes = UnsafeRawBufferPointer(start: start, count: length)
        return bytes.split(whereSeparator: { $0 == 0x0A }).dropFirst().compactMap { line in
            let name = line.prefix { $0 != 0x3A }
            guard name.count < line.count, !name.isEmpty else { return nil }
            let value = line.dropFirst(name.count + 1).drop { $0 == 0x20 || $0 == 0x09 }
                .reversed().drop { $0 == 0x0D || $0 == 0x20 || $0 == 0x09 }.reversed()
            let lowercased = name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            return (String(decoding: lowercased, as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
    }
}
