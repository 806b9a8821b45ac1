import OAuth
import Portal
import Storage

/// What a log is narrowed to, as the address says it.
struct AuditQuery {
    private(set) var filter = AuditFilter()
    let area: String
    let actor: String
    let subject: String
    let from: String
    let until: String
    private(set) var problems: [Problem] = []

    init(_ query: Form) {
        let asked = query.first("area")
        area = AuditAction.areas.map(\.name).first { $0.utf8.elementsEqual(asked.utf8) } ?? ""
        actor = Self.id(query.first("actor"))
        subject = Self.id(query.first("subject"))
        from = String(query.first("from").prefix(20))
        until = String(query.first("until").prefix(20))
        filter.area = area.isEmpty ? nil : area
        filter.actor = actor.isEmpty ? nil : actor
        filter.subject = subject.isEmpty ? nil : subject
        filter.from = day(from, field: "from")?.startOfDay
        filter.until = day(until, field: "until").map { $0.startOfDay + 86_400 }
    }

    var isNarrow: Bool { ![area, actor, subject, from, until].allSatisfy(\.isEmpty) }

    /// For the event that says what somebody took: what was asked, and what else is to be said of it; nothing empty.
    func facts(with others: [String: String]) -> [String: String] {
        [
            "actor": Self.fact(actor), "subject": isNumber(subject) ? subject : Self.fact(subject), "area": area,
            "from": from, "until": until,
        ]
        .merging(others) { _, other in other }.filter { !$0.value.utf8.isEmpty }
    }

    /// An ID, as facts may have it, which stay when people are forgotten: any other word could be somebody's name.
    static func fact(_ id: String) -> String {
        id.utf8.isEmpty || Entity.isID(id) ? id : "no ID"
    }

    /// What a connection has instead.
    private func isNumber(_ id: String) -> Bool {
        id.utf8.count < 20 && id.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// For an address, with a final `&`.
    var text: String {
        [("area", area), ("actor", actor), ("subject", subject), ("from", from), ("until", until)]
            .filter { !$0.1.isEmpty }.map { "\($0.0)=\(PercentEncoding.encode($0.1))&" }.joined()
    }

    private mutating func day(_ typed: String, field: String) -> CalendarDate? {
        guard !typed.isEmpty else { return nil }
        guard let day = CalendarDate(typed) else {
            problems.append(Problem(field, "Enter a date as year, month and day, such as 2027-03-31."))
            return nil
        }
        return day
    }

    /// Something that looks like one of our IDs; "" for anything else.
    static func id(_ text: String) -> String {
        guard text.utf8.count <= 60,
            text.utf8.allSatisfy({
                ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || (0x30...0x39).contains($0) || $0 == 0x5F
            })
        else { return "" }
        return text
    }
}
