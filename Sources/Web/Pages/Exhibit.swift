/// Every page there is. A test holds this list and the templates equal; the gallery shows it.
package let allPages: [any Page.Type] = [
    LandingPage.self, DashboardPage.self, ScopesPage.self,
    DocsPage.self, QuickstartPage.self, AuthenticationPage.self, ConnectGuidePage.self, APIPage.self, ErrorsPage.self,
    SignUpPage.self, SignUpSentPage.self, VerifyPage.self, VerifyResendPage.self, LinkGonePage.self,
    LoginPage.self, ForgotPage.self, ForgotSentPage.self, ResetPage.self, SetupPage.self,
    AccountPage.self, ConfirmPage.self,
    SecondStepPage.self, SecondFactorPage.self, RecoveryCodesPage.self, SecondFactorOffPage.self, ChangeNamePage.self,
    ChangeEmailPage.self,
    EmailLinkPage.self, ResetSecondFactorPage.self, ActivityPage.self, DeleteAccountPage.self,
    AuthorizedAppsPage.self, RevokeAuthorizationPage.self,
    TokensPage.self, NewTokenPage.self, TokenCreatedPage.self, RevokeTokenPage.self,
    AppsPage.self, AppFormPage.self, AppPage.self, AppCreatedPage.self, RevokeSecretPage.self, DeleteAppPage.self,
    TokenFormatPage.self, AppGrantsPage.self, GiveBackPage.self, AppActivityPage.self, AppActivityEntryPage.self,
    DirectFlowPage.self, APIKeysPage.self, ChooseTenantPage.self, TestTokenPage.self,
    TenantPage.self, NewTenantPage.self,
    MembersPage.self, InvitePage.self, InvitationPage.self, TenantConfirmPage.self,
    TenantAppsPage.self, TenantAppPage.self, AddTenantAppPage.self, PolicyPage.self, HeldTokensPage.self,
    RequestsPage.self, RequestPage.self, AskAdminPage.self,
    TenantSettingsPage.self, DeleteTenantPage.self, TenantAuditPage.self,
    EnvironmentPage.self, NewEnvironmentPage.self, IntegrationsPage.self, PickProviderPage.self, IntegrationPage.self,
    TestedPage.self, ConnectionsPage.self, ConnectionPage.self, TracesPage.self, TracePage.self, WebhooksPage.self,
    WebhookPage.self, EnvironmentSettingsPage.self, EnvironmentVariablesPage.self, EnvironmentKeyPage.self,
    DeleteBrokerPage.self, EndBrokerPage.self,
    ApplyPage.self, AppLimitPage.self,
    ConsentPage.self, AuthorizeErrorPage.self, NotAMemberPage.self, NotAnAdminPage.self,
    ApplicationsPage.self, ApplicationPage.self, OperatorListPage.self, SubjectPage.self, CataloguePage.self,
    ScopeFormPage.self, RulesPage.self, AuditLogPage.self, HealthPage.self,
    LeavingPage.self,
    ConnectEndPage.self, ConnectAskPage.self, ConnectLinkPage.self,
    OperatorPage.self, OutboxPage.self, MailPage.self,
    APIsPage.self, APICreatedPage.self, RevokeAPIPage.self,
    ErrorPage.self, DemoCallbackPage.self, GalleryPage.self,
]

/// One picture of the gallery: a page in one state.
package struct Exhibit: Sendable {
    /// Its name in addresses: `tokens.new`, `tokens.new.errors`.
    package let name: String
    package let title: String
    package let template: String
    package let state: String
    package let problems: [FieldProblem]
    /// Renders it with every string passed through the second argument, when there is one.
    package let html: @Sendable (PageRenderer, Layout, ((String) -> String)?) throws -> String

    private init<P: Page>(_ sample: PageSample<P>) {
        let base = String(P.template.map { $0 == "/" ? "." : $0 })
        name = sample.state.isEmpty ? base : "\(base).\(sample.state)"
        title = sample.page.title
        template = P.template
        state = sample.state
        problems = sample.problems
        html = { renderer, layout, rewriting in
            var layout = layout
            layout.problems = sample.problems
            return try renderer.render(sample.page, in: layout, rewriting: rewriting)
        }
    }

    private static func all<P: Page>(of page: P.Type) -> [Exhibit] {
        page.samples.map(Exhibit.init)
    }

    package static var all: [Exhibit] {
        allPages.flatMap { page in all(of: page) }
    }

    package static func named(_ name: String) -> Exhibit? {
        all.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// The gallery's front page.
    package static var gallery: GalleryPage {
        GalleryPage(
            entries: all.map { exhibit in
                GalleryPage.Entry(
                    path: "/dev/pages/\(exhibit.name)", title: exhibit.title,
                    template: exhibit.state.isEmpty ? exhibit.template : "\(exhibit.template), \(exhibit.state)")
            })
    }
}
