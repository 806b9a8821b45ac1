import Broker
import Foundation
import OAuth
import Outbound
import Web

/// The world outside, as this process reaches it: the provider catalogue from its files, and calls through libcurl that
/// go to public addresses at port 443 only.
enum World {
    static func open(_ settings: Settings) throws -> Outside {
        let networks = settings.outboundNetworks
        let allows: @Sendable ([UInt8], Bool) -> Bool = { bytes, isWeb in
            if networks.contains(where: { $0.contains(bytes) }) { return true }
            return isWeb && NetworkAddress(bytes)?.isPublic == true
        }
        let caller = OutboundCaller(allowsPlainHTTP: !networks.isEmpty, allows: allows)
        // Slower, and of any size: somebody else's API, not a token endpoint; apart, so that neither waits for the
        // other. A download may take ten minutes, as long as it moves.
        let proxy = OutboundCaller(
            limits: OutboundLimits(total: 600_000, idle: 60_000, wait: 20_000), most: 128, perHost: 64,
            allowsPlainHTTP: !networks.isEmpty, allows: allows)
        return Outside(
            providers: try catalogue(settings),
            call: { call in
                switch await caller.call(request(call)) {
                case .response(let status, _, let body): .response(status: status, body: body)
                case .failed(let failure): .failed(failed(failure))
                }
            },
            proxy: { call, unpacks in
                switch await proxy.open(request(call, unpacks: unpacks)) {
                case .response(let status, let headers, let body):
                    .response(status: status, headers: headers, body: ProxyBody { try await next(of: body) })
                case .failed(let failure): .failed(failed(failure))
                }
            })
    }

    /// The operator's own files before those that came with us: of two entries with one key the first counts.
    static func catalogue(_ settings: Settings) throws -> ProviderCatalogue {
        var providers: [Provider] = []
        if let own = settings.providersFolder {
            guard FileManager.default.fileExists(atPath: own) else {
                throw CommandError("GATEWRIGHT_PROVIDERS names \(own), which is not there.")
            }
            providers += try read(own)
        }
        if settings.site.isDemo { providers += DemoProvider.entries(base: settings.site.base.text) }
        providers += try read(settings.assetsFolder + "/Providers")
        return ProviderCatalogue(providers)
    }

    private static func read(_ folder: String) throws -> [Provider] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return try names.sorted().filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.flatMap { name in
            let path = folder + "/" + name
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw CommandError("\(path) cannot be read as UTF-8 text.")
            }
            let file = ProviderFile(text)
            guard file.problems.isEmpty else {
                let list = file.problems.map { "  " + $0.description }.joined(separator: "\n")
                throw CommandError("\(path) has mistakes:\n\(list)")
            }
            return file.providers
        }
    }

    private static func request(_ call: ProviderCall, unpacks: Bool = false) -> OutboundRequest {
        OutboundRequest(
            method: call.method.rawValue, url: call.url, headers: call.headers, body: call.body, unpacks: unpacks,
            owner: call.owner)
    }

    private static func next(of body: OutboundBody) async throws -> [UInt8]? {
        do {
            return try await body.next()
        } catch let failure as OutboundAnswer.Failure {
            throw ProxyBody.Cut(failure: failed(failure))
        }
    }

    private static func failed(_ failure: OutboundAnswer.Failure) -> ProviderAnswer.Failure {
        switch failure {
        case .refusedAddress: .refusedAddress
        case .unreachable: .unreachable
        case .timedOut: .timedOut
        case .tooLarge: .tooLarge
        case .broken: .broken
        case .malformed: .malformed
        case .busy: .busy
        }
    }
}
