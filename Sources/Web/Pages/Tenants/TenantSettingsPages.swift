import OAuth

/// `/t/{slug}/settings`; posts name.
package struct TenantSettingsPage: Page {
    var top: TenantTop
    var isAdmin: Bool
    var name: String
    /// Both spellings of the address, as text.
    var pathAddress: String
    var subdomainAddress: String
    var plan: String
    var created: Moment
    var formPath: String
    var leavePath: String
    /// Empty for readers who may not.
    var deletePath = ""

    package static let template = "tenants/settings"
    package var title: String { "Settings of \(top.name)" }
    package static let sample = TenantSettingsPage(
        top: .sample(.settings), isAdmin: true, name: "Acme", pathAddress: "http://127.0.0.1:8080/t/acme",
        subdomainAddress: "http://acme.localhost:8080", plan: "Standard", created: .day(.sample(-90)),
        formPath: "/t/acme/settings", leavePath: "/t/acme/leave", deletePath: "/t/acme/delete")
    package static var samples: [PageSample<Self>] {
        var member = sample
        member.isAdmin = false
        member.deletePath = ""
        return [
            PageSample(sample), PageSample(member, state: "member"),
            PageSample(
                sample, state: "errors", problems: [FieldProblem("name", "Enter a name, up to 80 characters.")]),
        ]
    }
}

/// `/t/{slug}/delete`: by typing the name.
package struct DeleteTenantPage: Page {
    var top: TenantTop
    var name: String
    var effect: String
    /// What was typed.
    var confirmName = ""
    var formPath: String
    var cancelPath: String

    package static let template = "tenants/delete"
    package var title: String { "Delete \(name)" }
    package static let sample = DeleteTenantPage(
        top: .sample(.settings), name: "Acme",
        effect: "It ends for 2 members, with 3 grants to apps, 4 developer tokens and everything it holds.",
        formPath: "/t/acme/delete", cancelPath: "/t/acme/settings")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                sample, state: "errors", problems: [FieldProblem("confirm_name", "Type the name exactly: Acme")]),
        ]
    }
}
