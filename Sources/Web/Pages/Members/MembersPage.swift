import OAuth

/// `/t/{slug}/members?q=&after=`
package struct MembersPage: Page {
    struct Row: Sendable {
        var name: String
        var email: String
        /// "Admin" or "Member".
        var role: String
        var isAdmin: Bool
        var isYou = false
        var isSuspended = false
        var since: Moment
        /// Where the button for the other role posts to; empty for readers who may not.
        var rolePath = ""
        /// The value that it posts.
        var otherRole = ""
        var otherRoleText = ""
        var removePath = ""
        var leavePath = ""
    }

    struct Waiting: Sendable {
        var email: String
        var role: String
        var inviter: String
        var sent: Moment
        var expires: Moment
        var resendPath: String
        var withdrawPath: String
    }

    var top: TenantTop
    var members: [Row]
    var invitations: [Waiting] = []
    var query = ""
    /// Not the whole list.
    var isNarrowed = false
    var listPath: String
    var nextPath = ""
    /// Empty for readers who may not.
    var invitePath = ""

    package static let template = "members/index"
    package var title: String { "Members of \(top.name)" }

    package static let sample = MembersPage(
        top: .sample(.members),
        members: [
            Row(
                name: "Ada", email: "ada@acme.example", role: "Admin", isAdmin: true, isYou: true,
                since: .day(.sample(-90)), rolePath: "/t/acme/members/per_ada/role", otherRole: "member",
                otherRoleText: "Make member", leavePath: "/t/acme/leave"),
            Row(
                name: "Grace", email: "grace@acme.example", role: "Member", isAdmin: false, since: .day(.sample(-60)),
                rolePath: "/t/acme/members/per_grace/role", otherRole: "admin", otherRoleText: "Make admin",
                removePath: "/t/acme/members/per_grace/remove"),
        ],
        invitations: [
            Waiting(
                email: "nia@acme.example", role: "Member", inviter: "Ada", sent: .relative(.sample(-1), at: .sample),
                expires: .day(.sample(6)), resendPath: "/t/acme/invitations/inv_1/resend",
                withdrawPath: "/t/acme/invitations/inv_1/withdraw")
        ],
        listPath: "/t/acme/members", invitePath: "/t/acme/invitations/new")

    package static var samples: [PageSample<Self>] {
        var none = sample
        none.members = []
        none.invitations = []
        none.query = "zoe"
        none.isNarrowed = true
        var long = sample
        long.nextPath = "/t/acme/members?q=&after=per_grace.0000"
        long.members[1].isSuspended = true
        return [
            PageSample(sample),
            PageSample(
                sample, state: "last-admin",
                problems: [FieldProblem("members", "This is the only admin. Make somebody else an admin first.")]),
            PageSample(none, state: "none"), PageSample(long, state: "long"),
        ]
    }
}

/// `/t/{slug}/invitations/new`; posts email and role to `/t/{slug}/invitations`.
package struct InvitePage: Page {
    var top: TenantTop
    var email = ""
    /// Values member, admin.
    var roles: [Choice]
    var formPath: String
    var cancelPath: String

    package static let template = "members/invite"
    package var title: String { "Invite to \(top.name)" }

    static func roles(chosen: String) -> [Choice] {
        [
            Choice(
                value: "member", label: "Member", hint: "Uses the workspace, and asks an admin where apps need one.",
                isChosen: !chosen.utf8.elementsEqual("admin".utf8)),
            Choice(
                value: "admin", label: "Admin", hint: "Also allows apps, invites people and sets the rules.",
                isChosen: chosen.utf8.elementsEqual("admin".utf8)),
        ]
    }

    package static let sample = InvitePage(
        top: .sample(.members), email: "nia@acme.example", roles: roles(chosen: "member"),
        formPath: "/t/acme/invitations", cancelPath: "/t/acme/members")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                sample, state: "errors", problems: [FieldProblem("email", "This person is a member already.")]),
        ]
    }
}

/// `/invitations/{link}`: what the holder of an invitation's link is offered.
package struct InvitationPage: Page {
    var tenantName: String
    var tenantInitials: String
    var inviter: String
    /// "an admin" or "a member".
    var role: String
    /// Whom it was sent to.
    var email: String
    /// Signed in as that person: a button is all it takes.
    var canAccept = false
    /// Signed in as somebody else: their address; else empty.
    var otherEmail = ""
    /// Known, but not signed in: where to; else empty.
    var signInPath = ""
    /// A newcomer: name and password.
    var isNewcomer = false
    var name = ""
    var formPath: String

    package static let template = "members/invitation"
    package var title: String { "Join \(tenantName)" }
    package static let sample = InvitationPage(
        tenantName: "Acme", tenantInitials: "AC", inviter: "Ada", role: "a member", email: "grace@acme.example",
        canAccept: true, formPath: "/invitations/gw_ml_sample")
    package static var samples: [PageSample<Self>] {
        var other = sample
        other.canAccept = false
        other.otherEmail = "mallory@globex.example"
        var away = sample
        away.canAccept = false
        away.signInPath = "/login?next=%2Finvitations%2Fgw_ml_sample"
        var newcomer = sample
        newcomer.canAccept = false
        newcomer.isNewcomer = true
        newcomer.name = "Nia"
        return [
            PageSample(sample), PageSample(other, state: "somebody-else"), PageSample(away, state: "signed-out"),
            PageSample(newcomer, state: "newcomer"),
            PageSample(
                newcomer, state: "errors", problems: [FieldProblem("password", "Use at least 8 characters.")]),
        ]
    }
}
