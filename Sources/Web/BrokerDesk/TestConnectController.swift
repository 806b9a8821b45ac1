import Broker
import HTTPTypes
import Hummingbird
import OAuth
import Portal
import Storage

/// Connecting an account of one's own, as end users will: a connect session for the admin who asks, and the page that
/// says how it ended.
struct TestConnectController {
    let site: Site

    func connect(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let desk = try await site.desk(context)
        let integration = try site.integration(context, in: desk)
        guard integration.state(with: site.outside.provider(of: integration)) != .incomplete else {
            return site.redirect(
                to: IntegrationSetUpController.path(integration, desk), saying: .integrationIncomplete)
        }
        let key = integration.details.key
        let person = desk.admin.person
        let ask: [JSONValue.Member] = [
            .init(
                "end_user",
                .object([
                    .init("id", .string(person.id.text)), .init("email", .string(person.email)),
                    .init("display_name", .string(person.name)),
                ])), .init("allowed_integrations", .array([.string(key)])),
        ]
        return try await lead(to: integration, asking: ask, isReconnection: false, desk)
    }

    func reconnect(_ request: Request, _ context: PersonContext) async throws -> Response {
        _ = try await site.form(request, context)
        let desk = try await site.desk(context)
        guard let number = context.parameters.get("connection").flatMap({ Int64($0) }),
            let connection = try site.store.connection(number: number, of: desk.admin.tenant.id),
            connection.environment == desk.environment.id,
            let integration = try site.store.integration(connection.integration)
        else { throw Failure.notFound }
        let ask: [JSONValue.Member] = [
            .init("connection_id", .string(connection.connectionID)),
            .init("integration_id", .string(connection.integrationKey)),
        ]
        return try await lead(to: integration, asking: ask, isReconnection: true, desk)
    }

    /// How it ended, by what the flow wrote behind the address; that somebody can type such an address makes no
    /// difference, since what is shown of a connection is looked up.
    func tested(_ request: Request, _ context: PersonContext) async throws -> Response {
        let desk = try await site.desk(context)
        let integration = try site.integration(context, in: desk)
        let query = site.query(request)
        let path = IntegrationSetUpController.path(integration, desk)
        let key = integration.details.key
        var page = TestedPage(
            top: site.top(of: desk, at: .integrations),
            name: integration.title(with: site.outside.provider(of: integration)), isConnected: false,
            integrationPath: path,
            activityPath: "\(desk.path)/activity?integration=\(PercentEncoding.encode(key))",
            connectPath: path + "/connect")
        let id = query.all("connection_id").first ?? ""
        if query.first("status").utf8.elementsEqual("success".utf8),
            let connection = try site.store.connection(id, of: key, in: desk.environment)
        {
            page.isConnected = true
            page.connectionID = connection.connectionID
            page.connectionPath = "\(desk.path)/connections/\(connection.number)"
            page.languages = site.call(for: connection.connectionID, of: key).languages
            return try site.page(page, request, context)
        }
        var filter = TraceFilter()
        filter.integrationKey = key
        filter.action = .connect
        let last = try site.store.traces(of: desk.environment, filter, limit: 1).first
        page.error = last?.outcome == .failure ? last?.error ?? "" : ""
        page.sentence = "Nothing was stored."
        page.advice =
            page.error.utf8.isEmpty ? "Try again, and look at the activity." : TraceAdvice.sentence(for: page.error)
        if let last { page.activityPath = "\(desk.path)/activity/\(last.id.text)" }
        return try site.page(page, request, context)
    }

    private func lead(
        to integration: Integration, asking members: [JSONValue.Member], isReconnection: Bool, _ desk: Desk
    ) async throws -> Response {
        let asked = ConnectSessionAsk.read(JSONValue.object(members).bytes, isReconnection: isReconnection)
        guard case .success(let ask) = asked else { throw Failure.unexpected }
        let token = Secret<ConnectToken>.random()
        _ = try await site.store.open(ask, as: token, in: desk.environment, at: site.now())
        let back = site.url(IntegrationSetUpController.path(integration, desk) + "/tested")
        return site.redirect(
            to:
                "/connect?session_token=\(token.reveal())&integration=\(PercentEncoding.encode(integration.details.key))"
                + "&return_url=\(PercentEncoding.encode(back))")
    }
}
