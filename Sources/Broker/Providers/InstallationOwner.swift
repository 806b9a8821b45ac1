/// How whoever installed an app shows that the installation is theirs. Its number comes with a browser and can be anybody's:
/// the provider is asked which installations the person sees who came back.
package struct InstallationOwner: Sendable {
    /// Where the person's code is exchanged (RFC 6749 §4.1.3).
    package let token: OAuth2.Token
    /// Fields of the entry that hold the app's client at that address: it is another than the app that signs.
    package let clientID: String
    package let clientSecret: String
    /// Asked page by page, with `page=` from 1.
    package let list: URLTemplate
    /// Where the answer has the installations, and each of them its number: dotted paths.
    package let listPath: String
    package let idPath: String
}

extension ProviderEntry {
    static func installationOwner(_ entry: inout YAMLMapping) -> InstallationOwner? {
        guard var part = entry.mapping("verify_user") else { return nil }
        defer { part.refuseUnknown() }
        let token = token(&part)
        let list = part.requiredTemplates("list").first
        let names = (id: part.requiredText("client_id"), secret: part.requiredText("client_secret"))
        for (key, name) in [("client_id", names.id), ("client_secret", names.secret)]
        where !entry.names(in: "fields").contains(name) {
            part.refuse(key, "must name a field of the entry, which the developer fills in")
        }
        let listPath = part.requiredText("list_at")
        let idPath = part.text("id_at") ?? "id"
        guard let token, let list else { return nil }
        return InstallationOwner(
            token: token, clientID: names.id, clientSecret: names.secret, list: list, listPath: listPath,
            idPath: idPath)
    }
}
