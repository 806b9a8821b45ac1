import Broker
import OAuth
import Storage

extension ConnectionOwner {
    /// `end_user`, `tags` and `webhook_url_override` of a body.
    init(wire body: JSONValue, keeping old: ConnectionOwner = ConnectionOwner()) throws {
        self = old
        if let user = body["end_user"] { endUser = try Self.endUser(user) }
        if let given = body["tags"], given != .null {
            guard case .object(let members) = given, members.count <= Self.mostTags else {
                throw BrokerRefusal.badBody(
                    "invalid_tags", "tags must be an object of at most \(Self.mostTags) texts.", path: "tags")
            }
            tags = [:]
            for member in members {
                guard Self.isTag(member.name, member.value), let text = member.value.string else {
                    throw BrokerRefusal.badBody(
                        "invalid_tags", "A tag is a name of at most 64 bytes and a text of at most 255.", path: "tags",
                        member.name)
                }
                tags[member.name] = text
            }
        }
        if let url = body["webhook_url_override"] {
            guard url == .null || url.string.map({ CallbackAddress.isSound($0) }) == true else {
                throw BrokerRefusal.badBody(
                    "invalid_webhook_url", "webhook_url_override must be an https address.",
                    path: "webhook_url_override")
            }
            webhookURL = url.string
        }
    }

    static func endUser(_ value: JSONValue) throws -> JSONValue {
        guard value != .null else { return .null }
        guard case .object(let members) = value, let id = value["id"]?.string, (1...255).contains(id.utf8.count),
            value.bytes.count <= 4096, members.count <= 10
        else {
            throw BrokerRefusal.badBody(
                "invalid_end_user", "end_user must be an object with an id of at most 255 bytes.", path: "end_user",
                "id")
        }
        return value
    }
}
