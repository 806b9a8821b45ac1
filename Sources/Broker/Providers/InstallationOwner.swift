import OAuth

/// How whoever installed an app shows that the installation is theirs. Its number comes with a browser and can be anybody's:
/// the provider is asked which installations the person sees who came back, and whether the account is theirs.
package struct InstallationOwner: Sendable {
    /// What the provider is asked in the person's name about the account that an installation is on, and what must be in
    /// its answer.
    package struct Question: Sendable {
        let url: URLTemplate
        /// Names in the address that are no fields, and where the listed installation has what stands there.
        let names: [(name: String, path: String)]
        /// Where the answer, and where the listed installation, has one and the same thing.
        let same: [(answer: String, installation: String)]
        /// Where the answer has which word.
        let says: [(path: String, word: String)]
        /// What the app must be allowed at the provider for this question, as the provider calls it; nil when anybody may
        /// ask.
        let permission: String?
    }

    /// Where the person's code is exchanged (RFC 6749 §4.1.3), and how what they were given is revoked.
    package let token: OAuth2.Token
    /// Fields of the entry that hold the app's client at that address: it is another than the app that signs.
    package let clientID: String
    package let clientSecret: String
    /// Asked page by page, with `page=` from 1.
    package let list: URLTemplate
    /// Where the answer has the installations, and each of them its number: dotted paths.
    package let listPath: String
    package let idPath: String
    /// Where a listed installation says on what kind of account it is.
    let kindPath: String
    /// By that kind. Empty where the provider lists to a person only what is theirs.
    let questions: [(kind: String, question: Question)]
}

extension InstallationOwner {
    /// Every address that is called.
    var addresses: [URLTemplate] {
        token.addresses + [list] + questions.map(\.question.url)
    }

    /// Names in a question's address that stand for what the listed installation says, and need no field.
    func ownNames(in address: URLTemplate) -> [String] {
        questions.first { $0.question.url.text.isSame(as: address.text) }?.question.names.map(\.name) ?? []
    }
}

extension ProviderEntry {
    static func installationOwner(_ entry: inout YAMLMapping) -> InstallationOwner? {
        guard var part = entry.mapping("verify_user") else { return nil }
        defer { part.refuseUnknown() }
        let token = token(&part)
        let list = part.requiredTemplates("list").first
        let names = (id: part.requiredText("client_id"), secret: part.requiredText("client_secret"))
        let fields = entry.names(in: "fields")
        for (key, name) in [("client_id", names.id), ("client_secret", names.secret)] where !fields.contains(name) {
            part.refuse(key, "must name a field of the entry, which the developer fills in")
        }
        let listPath = part.requiredText("list_at")
        let idPath = part.text("id_at") ?? "id"
        let owner = owner(&part, fields)
        guard let token, let list else { return nil }
        return InstallationOwner(
            token: token, clientID: names.id, clientSecret: names.secret, list: list, listPath: listPath,
            idPath: idPath, kindPath: owner.kindPath, questions: owner.questions)
    }

    /// `owner: {kind_at: target_type, kinds: {User: {ask: …}}}`.
    private static func owner(
        _ part: inout YAMLMapping, _ fields: [String]
    ) -> (kindPath: String, questions: [(kind: String, question: InstallationOwner.Question)]) {
        guard var owner = part.mapping("owner") else { return ("", []) }
        defer { owner.refuseUnknown() }
        let kindPath = owner.requiredText("kind_at")
        var kinds = owner.requiredMapping("kinds")
        let questions = (kinds?.members() ?? []).compactMap { kind, mapping in
            var mapping = mapping
            return question(&mapping, fields).map { (kind: kind, question: $0) }
        }
        if questions.isEmpty { owner.refuse("kinds", "has no question, so nobody could connect") }
        return (kindPath, questions)
    }

    private static func question(_ part: inout YAMLMapping, _ fields: [String]) -> InstallationOwner.Question? {
        defer { part.refuseUnknown() }
        let url = part.requiredTemplates("ask").first
        let names = part.pairs("names").map { (name: $0.name, path: $0.value) }
        let same = part.pairs("same").map { (answer: $0.name, installation: $0.value) }
        let says = part.pairs("says").map { (path: $0.name, word: $0.value) }
        for (name, _) in names where fields.contains(name) {
            part.refuse("names", "has \"\(name)\", which is a field of the entry already")
        }
        if let ending = url?.placeholderEndingHost, names.contains(where: { $0.name == ending }) {
            part.refuse(
                "ask", "must not let \"\(ending)\" end the host: the answer would say where its proof is fetched")
        }
        if same.isEmpty {
            part.refuse("same", "is missing: what the answer and the installation must have in common")
        }
        let permission = part.text("permission")
        return url.map {
            InstallationOwner.Question(url: $0, names: names, same: same, says: says, permission: permission)
        }
    }
}
