import OAuth

extension ConnectSessionAsk {
    /// Reads the body's members, each asked for once, and collects everything that is wrong.
    struct Reader {
        private(set) var mistakes: [Mistake] = []
        private let body: JSONValue
        private var asked: [String] = []

        init(_ body: JSONValue) { self.body = body }

        mutating func refuse(_ code: String, _ message: String, _ path: [String]) {
            mistakes.append(Mistake(code: code, message: message, path: path))
        }

        mutating func text(_ name: String) -> String? {
            asked.append(name)
            guard let text = body[name]?.string, (1...255).contains(text.utf8.count) else {
                refuse("invalid_type", "\(name) must be a text of 1 to 255 bytes", [name])
                return nil
            }
            return text
        }

        mutating func endUser() -> JSONValue? {
            guard let user = object("end_user", members: ["id", "email", "display_name", "tags"], required: ["id"])
            else {
                return nil
            }
            if let tags = user["tags"] { checkTags(tags, ["end_user", "tags"]) }
            return user
        }

        /// An object of texts, with no member but these (`tags` is looked at by its own rules).
        mutating func object(_ name: String, members: [String], required: [String]) -> JSONValue? {
            asked.append(name)
            guard let value = body[name], value != .null else { return nil }
            guard case .object(let found) = value else {
                refuse("invalid_type", "\(name) must be an object", [name])
                return nil
            }
            for member in found where !member.name.isSame(as: "tags") {
                if !members.holds(member.name) {
                    refuse("unrecognized_keys", "\(name) has no member \"\(member.name)\"", [name, member.name])
                } else if !Self.isShortText(member.value), member.value != .null {
                    refuse("invalid_type", "must be a text of at most 255 bytes", [name, member.name])
                }
            }
            for member in required where value[member]?.string?.utf8.isEmpty ?? true {
                refuse("invalid_type", "is required", [name, member])
            }
            return value
        }

        mutating func tags() -> JSONValue? {
            asked.append("tags")
            guard let tags = body["tags"], tags != .null else { return nil }
            checkTags(tags, ["tags"])
            return tags
        }

        private mutating func checkTags(_ tags: JSONValue, _ path: [String]) {
            guard case .object(let members) = tags, members.count <= ConnectionOwner.mostTags else {
                return refuse("invalid_type", "must be an object of at most \(ConnectionOwner.mostTags) texts", path)
            }
            for member in members where !ConnectionOwner.isTag(member.name, member.value) {
                refuse("invalid_type", "must be a text of at most 255 bytes", path + [member.name])
            }
        }

        mutating func integrations() -> [String]? {
            asked.append("allowed_integrations")
            guard let value = body["allowed_integrations"], value != .null else { return nil }
            guard case .array(let elements) = value, elements.count <= 500 else {
                refuse("invalid_type", "must be a list of integration IDs", ["allowed_integrations"])
                return nil
            }
            let keys = elements.compactMap(\.string).filter(WireName.isIntegrationKey)
            if keys.count != elements.count {
                refuse("invalid_type", "must hold integration IDs only", ["allowed_integrations"])
            }
            return keys
        }

        mutating func defaults() -> [String: Defaults] {
            asked.append("integrations_config_defaults")
            guard let value = body["integrations_config_defaults"], value != .null else { return [:] }
            guard case .object(let members) = value, members.count <= 100 else {
                refuse("invalid_type", "must be an object", ["integrations_config_defaults"])
                return [:]
            }
            var all: [String: Defaults] = [:]
            for member in members {
                let path = ["integrations_config_defaults", member.name]
                guard case .object(let settings) = member.value else {
                    refuse("invalid_type", "must be an object", path)
                    continue
                }
                for setting in settings
                where !["user_scopes", "authorization_params", "connection_config"].holds(setting.name) {
                    refuse("unrecognized_keys", "has no member \"\(setting.name)\"", path + [setting.name])
                }
                all[member.name] = Defaults(
                    userScopes: member.value["user_scopes"]?.string,
                    parameters: texts(member.value["authorization_params"], path + ["authorization_params"]),
                    values: texts(member.value["connection_config"], path + ["connection_config"]))
            }
            return all
        }

        private mutating func texts(_ value: JSONValue?, _ path: [String]) -> [String: String] {
            guard let value, value != .null else { return [:] }
            guard case .object(let members) = value, members.count <= 30, members.allSatisfy({ $0.value.string != nil })
            else {
                refuse("invalid_type", "must be an object of texts", path)
                return [:]
            }
            return Dictionary(
                members.compactMap { member in member.value.string.map { (member.name, $0) } },
                uniquingKeysWith: { first, _ in first })
        }

        mutating func overrides() -> JSONValue? {
            asked.append("overrides")
            guard let value = body["overrides"], value != .null else { return nil }
            guard case .object = value else {
                refuse("invalid_type", "must be an object", ["overrides"])
                return nil
            }
            return value
        }

        mutating func webhookURL() -> String? {
            asked.append("webhook_url_override")
            guard let value = body["webhook_url_override"], value != .null else { return nil }
            guard let text = value.string, CallbackAddress.isSound(text) else {
                refuse("invalid_string", "must be an https address without #", ["webhook_url_override"])
                return nil
            }
            return text
        }

        mutating func refuseUnknown() {
            guard case .object(let members) = body else { return }
            for member in members where !asked.holds(member.name) {
                refuse("unrecognized_keys", "is not a member that this address knows", [member.name])
            }
        }

        private static func isShortText(_ value: JSONValue) -> Bool {
            value.string.map { $0.utf8.count <= 255 } ?? false
        }
    }
}
