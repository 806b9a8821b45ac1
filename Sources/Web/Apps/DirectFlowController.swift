import Hummingbird
import OAuth
import Portal
import Storage

/// `/apps/{id}/direct`: turning on, for one app, the flow that sends tokens through addresses.
struct DirectFlowController {
    let site: Site

    func show(_ request: Request, _ context: PersonContext) async throws -> Response {
        let app = try site.app(named: context.parameters.get("app"), of: context.person)
        return try site.page(try page(of: app), request, context)
    }

    func turnOn(_ request: Request, _ context: PersonContext) async throws -> Response {
        let form = try await site.confirmedForm(request, context)
        let app = try site.app(named: context.parameters.get("app"), of: context.person)
        let obstacle = Self.obstacle(for: app)
        guard obstacle.isEmpty else {
            return try site.page(try page(of: app), request, context, problems: [Problem("lifetime", obstacle)])
        }
        guard let lifetime = DirectLifetime(typed: try form.text("lifetime")) else {
            let problem = Problem("lifetime", "Choose how long a token lives.")
            return try site.page(try page(of: app), request, context, problems: [problem])
        }
        guard
            try await site.store.turnOnDirectFlow(
                of: app.id, owner: context.person, lifetime: lifetime,
                from: site.clientAddress(of: request, context), at: site.now())
        else { throw Failure.notFound }
        return site.redirect(to: app.path + "/direct", saying: .directFlowOn)
    }

    func turnOff(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let app = try site.app(named: context.parameters.get("app"), of: context.person)
        guard
            try await site.store.turnOffDirectFlow(
                of: app.id, owner: context.person, from: site.clientAddress(of: request, context), at: site.now())
        else { throw Failure.notFound }
        return site.redirect(to: app.path + "/direct", saying: .directFlowOff)
    }

    private func page(of app: App) throws -> DirectFlowPage {
        let flow = try site.store.directFlow(of: app.id)
        let callback = Self.callback(of: app) ?? ""
        return DirectFlowPage(
            name: app.details.name, appPath: app.path, tabs: AppTab.row(below: app.path, current: "Direct flow"),
            isOn: flow != nil,
            state: flow.map {
                "Turned on \(Moment.day($0.turnedOnAt).text) by \($0.turnedOnBy). Each token lives \($0.lifetime.words)."
            } ?? "",
            whyNot: Self.obstacle(for: app),
            lifetimes: DirectLifetime.allCases.map {
                Choice(
                    value: String($0.rawValue), label: $0.words, isChosen: $0 == flow?.lifetime ?? .hour)
            },
            address: """
                \(site.url("/user/oauth_allow"))
                  ?api_key=\(app.clientID)
                  &callback=\(PercentEncoding.encode(callback))
                  &state=$STATE
                """,
            answer: "\(callback)?access_token=$ACCESS_TOKEN&state=$STATE", formPath: app.path + "/direct",
            offPath: app.path + "/direct/off")
    }

    private static func callback(of app: App) -> String? {
        app.client.redirectURIs.first { $0.shape != .privateUse }?.text
    }

    private static func obstacle(for app: App) -> String {
        callback(of: app) == nil ? "It needs a callback on a web server: any app on a device can claim a scheme." : ""
    }
}
