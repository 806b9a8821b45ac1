import OAuth
import Portal
import Testing

struct TokenFormTests {
    private func form(_ change: (inout TokenForm) -> Void = { _ in }) -> TokenForm {
        var form = TokenForm()
        form.tenant = "acme"
        form.description = "CI deploy"
        form.scopes = ["people:read"]
        change(&form)
        return form
    }

    private func check(_ form: TokenForm, as role: Role = .admin) -> Checked<DeveloperTokenDraft> {
        form.check(memberships: [Cast.member(role)], catalogue: ScopeDescription.catalogue, at: Cast.now)
    }

    @Test func `Case 266: a token ends after 90 days unless somebody chooses otherwise`() {
        let draft = check(form()).value
        #expect(draft?.expiresAt == Cast.now + 90 * 86_400)
        #expect(draft?.description == "CI deploy")
        #expect(draft?.scopes.text == "people:read")
        #expect(draft?.member.tenant.id == Cast.acme.id)
    }

    @Test(arguments: [7, 30, 60, 90, 365] as [Int64])
    func `each offered number of days is counted from now`(days: Int64) {
        #expect(check(form { $0.expires = String(days) }).value?.expiresAt == Cast.now + days * 86_400)
    }

    @Test func `a token may last until it is revoked`() {
        let draft = check(form { $0.expires = "never" }).value
        #expect(draft != nil)
        #expect(draft?.expiresAt == nil)
    }

    @Test(arguments: ["", "8", "-7", "+90", "090", "90 ", "Never", "9223372036854775807", "99999999999999999999", "９０"])
    func `an expiry that was not offered is refused`(expires: String) {
        // Int64("+90") and Int64("090") are 90: an offered number in another spelling does no harm.
        let fields = check(form { $0.expires = expires }).fields
        #expect(fields == ["expires"] || ["+90", "090"].contains(expires))
    }

    @Test func `a chosen day counts to its end, UTC`() {
        let custom = { (day: String) in
            check(
                form {
                    $0.expires = "custom"
                    $0.expiresOn = day
                })
        }
        // The day after 2027-03-31 begins at 1806537600.
        #expect(custom("2027-03-31").value?.expiresAt == Instant(seconds: 1_806_537_600))
        // Today still has hours left.
        #expect(custom("2026-11-21").value?.expiresAt == Instant(seconds: 1_795_305_600))
        for day in ["2026-11-20", "1970-01-01", "", "31.03.2027", "2027-02-30", "9999-12-31", "2036-12-31"] {
            #expect(custom(day).fields == ["expires_on"], "\(day)")
        }
        #expect(custom("2036-11-20").value != nil)
    }

    @Test func `Case 118: a member's token holds nothing that only admins may do`() {
        let draft = check(form { $0.scopes = ["people:read", "people:write", "default"] }, as: .member).value
        #expect(draft?.scopes.text == "people:read")
        #expect(check(form { $0.scopes = ["people:write"] }, as: .member).fields == ["scopes"])
    }

    @Test func `a scope outside the catalogue is not granted`() {
        let scopes = ["billing:write", "people:read\u{301}", "PEOPLE:READ", ""]
        #expect(check(form { $0.scopes = scopes }).fields == ["scopes"])
    }

    @Test(arguments: ["", "globex", "ACME", "acme "])
    func `a token works only where the person is a member`(tenant: String) {
        #expect(check(form { $0.tenant = tenant }).fields == ["tenant"] || tenant.isEmpty)
        #expect(check(form { $0.tenant = tenant }).value == nil)
    }

    @Test func `every problem is said at once`() {
        var form = TokenForm()
        form.expires = "soon"
        #expect(check(form).fields == ["tenant", "description", "scopes", "expires"])
    }

    @Test func `Case 133: a description is one visible line of at most 100 bytes`() {
        for text in ["", "  ", "a\nb", "a\u{202E}b", String(repeating: "x", count: 101)] {
            #expect(check(form { $0.description = text }).fields == ["description"])
        }
    }

    @Test func `a token is active until the second it ends, and revoked whatever the time`() {
        let token = { (expires: Instant?, revoked: Instant?) in
            DeveloperTokenSummary(
                id: ID("tok_1"), tenant: Cast.acme, description: "CI", scopes: ScopeSet(), hint: "gw_dt_…x9Zq",
                createdAt: Cast.now, expiresAt: expires, lastUsedAt: nil, lastUsedAddress: nil, revokedAt: revoked)
        }
        #expect(token(nil, nil).status(at: Instant(seconds: .max)) == .active)
        #expect(token(Cast.now + 1, nil).status(at: Cast.now) == .active)
        #expect(token(Cast.now, nil).status(at: Cast.now) == .expired)
        #expect(token(Cast.now, Cast.now).status(at: Cast.now) == .revoked)
    }
}
