import Broker
import OAuth
import Storage

extension Site {
    /// Sends what is due, several at a time.
    ///
    /// - Returns: how many were tried.
    package func deliverWebhooks(limit: Int = 50) async throws -> Int {
        let due = try await store.takeDueWebhooks(at: now(), limit: limit)
        await withTaskGroup(of: Void.self) { group in
            for (index, webhook) in due.enumerated() {
                if index >= 10 { await group.next() }
                // What cannot be recorded stays taken for a minute, and then is due again: at least once, not at most.
                group.addTask { try? await self.deliver(webhook) }
            }
        }
        return due.count
    }

    /// In milliseconds: a receiver that takes so long is sent one batch a minute.
    private static let slowReceiver: Int64 = 3000

    private func deliver(_ webhook: DueWebhook) async throws {
        let start = ContinuousClock.now
        let answer = await outside.call(try request(of: webhook).made(for: webhook.tenant))
        var attempt = WebhookAttempt(
            number: webhook.attempts + 1, at: now(), milliseconds: (ContinuousClock.now - start).milliseconds,
            status: nil,
            problem: nil)
        switch answer {
        case .response(let status, _):
            attempt = attempt.with(
                status: Int64(status), problem: (200..<300).contains(status) ? nil : "HTTP \(status)")
        case .failed(let failure): attempt = attempt.with(status: nil, problem: failure.rawValue)
        }
        try await store.record(attempt, of: webhook.id, at: now())
        if attempt.milliseconds >= Self.slowReceiver || attempt.problem == ProviderAnswer.Failure.timedOut.rawValue {
            try await store.delayWebhooks(like: webhook, until: now() + 60, at: now())
        }
        guard let problem = attempt.problem, WebhookSchedule.pause(after: attempt.number) == nil else { return }
        var trace = Trace(
            id: store.newTraceID(at: now()), tenant: webhook.tenant, environment: webhook.environment, action: .webhook,
            integrationKey: webhook.integrationKey, provider: "", connectionID: webhook.connectionID, startedAt: now())
        trace.add(
            "Gave up telling your webhook address.",
            [("url", webhook.url), ("reason", problem), ("event", webhook.kind)],
            level: .error, at: now())
        trace.finish(.failure, error: "webhook_failed", after: attempt.milliseconds, at: now())
        store.note(trace)
    }

    /// Signed three ways: as receivers of the wire format check it, and with the time and an ID in it, so that an old
    /// delivery cannot be sent again as a new one.
    private func request(of webhook: DueWebhook) throws -> ProviderCall {
        let keys = try store.webhookKeys(of: webhook.environment, at: now())
        var headers = [
            (name: "content-type", value: "application/json"), ("user-agent", "Gatewright"),
            ("gatewright-id", webhook.id.text),
        ]
        if let key = keys.first {
            headers.append(("x-nango-hmac-sha256", WebhookSignature.keyed(webhook.body, signingKey: key)))
            headers.append(
                (
                    "gatewright-signature",
                    WebhookSignature.timed(webhook.body, id: webhook.id.text, signingKeys: keys, at: now())
                ))
        }
        if let secret = try store.webhookSecrets(of: webhook.environment, at: now()).first {
            headers.append(("x-nango-signature", WebhookSignature.legacy(webhook.body, secretKey: secret)))
        }
        return ProviderCall(method: .post, url: webhook.url, headers: headers, body: webhook.body)
    }
}

extension WebhookAttempt {
    fileprivate func with(status: Int64?, problem: String?) -> WebhookAttempt {
        WebhookAttempt(number: number, at: at, milliseconds: milliseconds, status: status, problem: problem)
    }
}
