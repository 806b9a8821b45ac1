import OAuth

/// The body of a token answer as one object. RFC 6749 §5.1 wants JSON; some providers still send a form.
enum TokenBody {
    static func read(_ body: [UInt8]) -> JSONValue? {
        if let value = JSONValue(body) {
            guard case .object = value else { return nil }
            return value
        }
        // A page of HTML has neither; "access_token=…" has an equals sign and no angle bracket.
        guard body.contains(0x3D), !body.contains(0x3C), !body.contains(0x7B) else { return nil }
        guard let pairs = try? ParameterList(form: body).pairs else { return nil }
        guard Set(pairs.map { Array($0.name.utf8) }).count == pairs.count else { return nil }
        return .object(pairs.map { JSONValue.Member($0.name, .string($0.value)) })
    }
}
