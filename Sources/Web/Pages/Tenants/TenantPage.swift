import OAuth

/// `/t/{slug}`: the home of one workspace.
package struct TenantPage: Page {
    var top: TenantTop
    var name: String
    /// "Admin" or "Member": the reader's.
    var role: String
    /// Both spellings of the address, as text.
    var pathAddress: String
    var subdomainAddress: String
    /// "2 members".
    var members: String
    var membersPath: String
    /// Who may allow apps, in a sentence.
    var whoMayAllow: String
    /// "2 requests are waiting."; empty for readers who cannot answer them.
    var waiting = ""
    var requestsPath = ""
    /// "25 people", "No people yet".
    var people: String
    /// Posts nothing but the form's token; nil when there are people already, or the reader is no admin.
    var samplesPath: String?
    /// Authorization endpoint, token endpoint, metadata, API.
    var endpoints: [Fact]
    /// `/tokens/new?tenant={slug}`; empty when the reader cannot.
    var newTokenPath = ""
    /// `/t/{slug}/test-token`
    var testTokenPath = ""

    package static let template = "tenants/show"
    package var title: String { name }

    package static let sample = TenantPage(
        top: .sample(.overview), name: "Acme", role: "Admin", pathAddress: "http://127.0.0.1:8080/t/acme",
        subdomainAddress: "http://acme.localhost:8080", members: "2 members", membersPath: "/t/acme/members",
        whoMayAllow: "Only admins can allow apps.", waiting: "2 requests are waiting.",
        requestsPath: "/t/acme/requests",
        people: "25 people",
        endpoints: [
            Fact(label: "Authorization", value: "http://127.0.0.1:8080/t/acme/oauth/authorize"),
            Fact(label: "Token", value: "http://127.0.0.1:8080/t/acme/oauth/token"),
            Fact(label: "Metadata", value: "http://127.0.0.1:8080/t/acme/.well-known/oauth-authorization-server"),
            Fact(label: "API", value: "http://127.0.0.1:8080/t/acme/api/v1/people"),
        ],
        newTokenPath: "/tokens/new?tenant=acme", testTokenPath: "/t/acme/test-token")

    package static var samples: [PageSample<Self>] {
        var empty = sample
        empty.people = "No people yet"
        empty.samplesPath = "/t/acme/sample-people"
        return [PageSample(sample), PageSample(empty, state: "empty")]
    }
}

/// `/tenants/new`; posts name and slug to `/tenants`.
package struct NewTenantPage: Page {
    var name = ""
    var slug = ""
    /// "http://127.0.0.1:8080/t/": what stands before the slug.
    var addressPrefix: String

    package static let template = "tenants/new"
    package var title: String { "Create a workspace" }
    package static let sample = NewTenantPage(addressPrefix: "http://127.0.0.1:8080/t/")
    package static var samples: [PageSample<Self>] {
        [
            PageSample(sample),
            PageSample(
                NewTenantPage(name: "Acme", slug: "acme", addressPrefix: "http://127.0.0.1:8080/t/"), state: "errors",
                problems: [FieldProblem("slug", "“acme” is taken. Choose another address.")]),
        ]
    }
}
