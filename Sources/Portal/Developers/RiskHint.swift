package import OAuth

/// Something that an operator should look at before they decide. A hint is no verdict.
package struct RiskHint: Sendable, Equatable {
    package let sentence: String
    /// Worth stopping for; the others are worth knowing.
    package let isStrong: Bool

    init(_ sentence: String, strong: Bool = false) {
        self.sentence = sentence
        isStrong = strong
    }
}

/// A name that somebody has here already, to tell an imitation by.
package struct KnownName: Sendable {
    package let name: String
    /// "the app", "the tenant".
    package let kind: String
    /// Whose it is: nobody imitates what is their own.
    package let owners: Set<ID<Entity.Person>>
    fileprivate let likeness: NameLikeness

    package init(name: String, kind: String, owners: Set<ID<Entity.Person>>) {
        self.name = name
        self.kind = kind
        self.owners = owners
        likeness = NameLikeness(name)
    }
}

extension DeveloperApplication {
    package func risks(known: [KnownName], at now: Instant) -> [RiskHint] {
        var hints = accountRisks(of: person, at: now)
        let host = WebAddress(answers.website)?.host ?? ""
        hints += websiteRisks(host, email: person.email)
        hints += lookAlikeRisks(answers.organization, of: person.id, among: known)
        let links = linkCount(in: answers.about) + linkCount(in: answers.building)
        if links > 2 { hints.append(RiskHint("The text holds \(links) links.")) }
        if version > 1 { hints.append(RiskHint("This is their submission number \(version).")) }
        return hints
    }
}

extension App {
    /// - Parameters:
    ///   - owner: with the age of the account.
    ///   - sensitive: those of its scopes that the catalogue marks so.
    package func risks(owner: Person, known: [KnownName], sensitive: [String], at now: Instant) -> [RiskHint] {
        var hints = accountRisks(of: owner, at: now)
        let host = WebAddress(details.homepage)?.host ?? ""
        hints += websiteRisks(host, email: owner.email)
        hints += lookAlikeRisks(details.name, of: owner.id, among: known)
        let callbackHosts = details.callbacks.compactMap { WebAddress($0)?.host }.filter { !isLocal($0) }
        let elsewhere = callbackHosts.filter { !isSameSite($0, host) }
        if let other = elsewhere.first {
            hints.append(RiskHint("A callback goes to \(other), the homepage is at \(host).", strong: true))
        }
        if !sensitive.isEmpty {
            hints.append(RiskHint("It may ask for sensitive scopes: \(sensitive.joined(separator: ", "))."))
        }
        return hints
    }
}

private func accountRisks(of person: Person, at now: Instant) -> [RiskHint] {
    var hints: [RiskHint] = []
    let age = now - (person.verifiedAt ?? person.createdAt)
    if age < 86_400 {
        hints.append(RiskHint("The account is less than a day old."))
    } else if age < 7 * 86_400 {
        hints.append(RiskHint("The account is less than a week old."))
    }
    let domain = domain(of: person.email)
    if freeMailDomains.contains(domain) {
        hints.append(RiskHint("The address is at \(domain), where anybody gets one in a minute."))
    }
    return hints
}

private func websiteRisks(_ host: String, email: String) -> [RiskHint] {
    guard !host.isEmpty else { return [] }
    let labels = host.utf8.split(separator: UInt8(ascii: "."))
    let isAddress = labels.allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) } } || host.utf8.first == 0x5B
    if isAddress || isLocal(host) { return [RiskHint("The website is a bare address, \(host).", strong: true)] }
    var hints: [RiskHint] = []
    if labels.contains(where: { $0.starts(with: "xn--".utf8) }) {
        hints.append(RiskHint("The website’s name is in another script and may imitate one: \(host).", strong: true))
    }
    let mail = domain(of: email)
    if !freeMailDomains.contains(mail), !isSameSite(mail, host) {
        hints.append(RiskHint("The website is at \(host), the mail address at \(mail)."))
    }
    return hints
}

private func lookAlikeRisks(
    _ name: String, of person: ID<Entity.Person>, among known: [KnownName]
) -> [RiskHint] {
    let likeness = NameLikeness(name)
    let like = known.first { $0.likeness.isLike(likeness) && !$0.owners.contains(person) }
    guard let like else { return [] }
    return [RiskHint("“\(name)” looks like \(like.kind) “\(like.name)”.", strong: true)]
}

private func isLocal(_ host: String) -> Bool { ["localhost", "127.0.0.1", "[::1]"].contains(host) }

private func domain(of email: String) -> String {
    EmailAddress(email).map { String($0.key.split(separator: "@").last ?? "") } ?? ""
}

/// The same host, or one below the other.
private func isSameSite(_ a: String, _ b: String) -> Bool {
    a.utf8.elementsEqual(b.utf8) || a.utf8.suffix(b.utf8.count + 1).elementsEqual(("." + b).utf8)
        || b.utf8.suffix(a.utf8.count + 1).elementsEqual(("." + a).utf8)
}

private func linkCount(in text: String) -> Int {
    let bytes = Array(text.utf8)
    return bytes.indices.count { bytes[$0...].starts(with: "://".utf8) }
}

/// The last one is the demo's, and nobody's.
private let freeMailDomains: Set<String> = [
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com",
    "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.com", "gmx.de", "gmx.net",
    "web.de", "mail.com", "mail.ru", "yandex.com", "yandex.ru", "zoho.com", "fastmail.com", "tutanota.com", "qq.com",
    "163.com", "126.com", "mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com", "trashmail.com",
    "freemail.example",
]
