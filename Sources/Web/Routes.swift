import HTTPTypes
package import Hummingbird
import OAuth

extension Site {
    /// Everything this server answers. The receiver at the left edge says who may come in:
    /// `visitor` anybody, `person` somebody signed in, `staff` an operator, `machine` whoever brings credentials.
    package func responder() -> Front {
        let router = Router(context: SiteContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: VisitorMiddleware(site: self))
        addRoutes(to: router)
        refuseOtherMethods(on: router)
        return Front(site: self, router: router.buildResponder())
    }

    /// Method and path of every route, for `gatewright routes` and the tests that hold documents and matrices complete.
    package func routeTable() -> [(method: String, path: String)] {
        let router = Router(context: SiteContext.self)
        addRoutes(to: router)
        return router.routes.map { (method: $0.method.rawValue, path: $0.path.description) }
            .sorted { ($0.path, $0.method) < ($1.path, $1.method) }
    }

    // Columns are the table's point.
    // swift-format-ignore
    private func addRoutes(to visitor: Router<SiteContext>) {
        let person  = visitor.group(context: PersonContext.self)
        let staff   = visitor.group(context: OperatorContext.self)
        let machine = visitor.group()

        let health    = HealthController(site: self)
        let home      = HomeController(site: self)
        let signUp    = SignUpController(site: self)
        let signIn    = SignInController(site: self)
        let passwords = PasswordController(site: self)
        let setup     = SetupController(site: self)
        let account   = AccountController(site: self)
        let confirm   = ConfirmController(site: self)
        let second    = SecondFactorController(site: self)
        let address   = EmailController(site: self)
        let activity  = ActivityController(site: self)
        let departure = DepartureController(site: self)
        let allowed   = AuthorizedAppsController(site: self)
        let tokens    = DeveloperTokensController(site: self)
        let apps      = AppsController(site: self)
        let secrets   = ClientSecretsController(site: self)
        let tenants   = TenantsController(site: self)
        let members   = MembersController(site: self)
        let invites   = InvitationsController(site: self)
        let access    = TenantAppsController(site: self)
        let policy    = PolicyController(site: self)
        let requests  = RequestsController(site: self)
        let held      = MemberTokensController(site: self)
        let tenant    = TenantSettingsController(site: self)
        let log       = TenantAuditController(site: self)
        let formats   = TokenFormatController(site: self)
        let grants    = AppGrantsController(site: self)
        let happened  = AppActivityController(site: self)
        let flow      = DirectFlowController(site: self)
        let direct    = DirectController(site: self)
        let keys      = APIKeysController(site: self)
        let testToken = TestTokenController(site: self)
        let authorize = AuthorizeController(site: self)
        let token     = TokenController(site: self)
        let metadata  = MetadataController(site: self)
        let inspect   = IntrospectionController(site: self)
        let revoke    = RevocationController(site: self)
        let gate      = ForwardAuthController(site: self)
        let leaked    = LeakedTokensController(site: self)
        let visible   = HeldTokensController(site: self)
        let openAPI   = OpenAPIController(site: self)
        let me        = MeController(site: self)
        let people    = PeopleController(site: self)
        let reset     = SecondFactorReset(site: self)
        let desk      = OperatorController(site: self)
        let applying  = ApplyController(site: self)
        let queue     = ApplicationsController(site: self)
        let persons   = PeopleDeskController(site: self)
        let reviewed  = AppsDeskController(site: self)
        let customers = TenantsDeskController(site: self)
        let catalogue = CatalogueController(site: self)
        let ledger    = AuditController(site: self)
        let outbox    = OutboxController(site: self)
        let docs      = DocsController(site: self)
        let apis      = APIsController(site: self)

        // Probes and files
        machine.get   ("/healthz",                               use: health.alive)
        machine.get   ("/readyz",                                use: health.ready)
        visitor.get   ("/assets/{file}",                         use: home.asset)

        // First contact
        visitor.get   ("/",                                      use: home.landing)
        visitor.get   ("/scopes",                                use: home.scopes)
        visitor.post  ("/theme",                                 use: home.theme)
        visitor.get   ("/cookies/clear",                         use: home.cookiesCleared)
        visitor.get   ("/setup",                                 use: setup.new)
        visitor.post  ("/setup",                                 use: setup.create)
        visitor.get   ("/signup",                                use: signUp.new)
        visitor.post  ("/signup",                                use: signUp.create)
        visitor.get   ("/signup/sent",                           use: signUp.sent)
        visitor.get   ("/verify/resend",                         use: signUp.newLink)
        visitor.post  ("/verify/resend",                         use: signUp.sendLink)
        visitor.get   ("/verify/{link}",                         use: signUp.askToVerify)
        visitor.post  ("/verify/{link}",                         use: signUp.verify)
        visitor.get   ("/login",                                 use: signIn.new)
        visitor.post  ("/login",                                 use: signIn.create)
        visitor.get   ("/login/code",                            use: signIn.startOver)
        visitor.post  ("/login/code",                            use: signIn.enterCode)
        visitor.post  ("/logout",                                use: signIn.destroy)
        visitor.get   ("/forgot",                                use: passwords.forgot)
        visitor.post  ("/forgot",                                use: passwords.sendReset)
        visitor.get   ("/forgot/sent",                           use: passwords.sent)
        visitor.get   ("/reset/{link}",                          use: passwords.edit)
        visitor.post  ("/reset/{link}",                          use: passwords.reset)
        visitor.get   ("/email/{link}",                          use: address.askToConfirm)
        visitor.post  ("/email/{link}",                          use: address.confirm)
        visitor.get   ("/email/undo/{link}",                     use: address.askToUndo)
        visitor.post  ("/email/undo/{link}",                     use: address.undo)

        // To read
        visitor.get   ("/docs",                                  use: docs.index)
        visitor.get   ("/docs/quickstart",                       use: docs.quickstart)
        visitor.get   ("/docs/authentication",                   use: docs.authentication)
        visitor.get   ("/docs/api",                              use: docs.api)
        visitor.get   ("/docs/errors",                           use: docs.errors)

        // A person's own pages
        person.get    ("/dashboard",                             use: home.dashboard)
        person.get    ("/account",                               use: account.show)
        person.get    ("/account/confirm",                       use: confirm.ask)
        person.post   ("/account/confirm",                       use: confirm.answer)
        person.post   ("/account/password",                      use: account.changePassword)
        person.post   ("/account/sessions/end-others",           use: account.endOtherSessions)
        person.post   ("/account/sessions/{session}/end",        use: account.endSession)
        person.post   ("/account/sessions/end-all",              use: account.endAllSessions)
        person.get    ("/account/second-factor",                 use: second.show)
        person.post   ("/account/second-factor",                 use: second.confirm)
        person.post   ("/account/second-factor/begin",           use: second.begin)
        person.post   ("/account/second-factor/codes",           use: second.renewCodes)
        person.get    ("/account/second-factor/codes",           use: second.codes)
        person.get    ("/account/second-factor/off",             use: second.askToTurnOff)
        person.post   ("/account/second-factor/off",             use: second.turnOff)
        person.get    ("/account/email",                         use: address.edit)
        person.post   ("/account/email",                         use: address.change)
        person.get    ("/account/activity",                      use: activity.show)
        person.post   ("/account/export",                        use: departure.export)
        person.get    ("/account/delete",                        use: departure.askToDelete)
        person.post   ("/account/delete",                        use: departure.delete)
        person.get    ("/account/apps",                          use: allowed.index)
        person.get    ("/account/apps/{tenant}/{grant}/revoke",  use: allowed.askToRevoke)
        person.post   ("/account/apps/{tenant}/{grant}/revoke",  use: allowed.revoke)
        person.get    ("/tokens",                                use: tokens.index)
        person.get    ("/tokens/new",                            use: tokens.new)
        person.post   ("/tokens",                                use: tokens.create)
        person.get    ("/tokens/{token}/created",                use: tokens.created)
        person.get    ("/tokens/{token}/revoke",                 use: tokens.askToRevoke)
        person.post   ("/tokens/{token}/revoke",                 use: tokens.revoke)
        person.get    ("/apps",                                  use: apps.index)
        person.get    ("/apps/new",                              use: apps.new)
        person.post   ("/apps",                                  use: apps.create)
        person.get    ("/apps/{app}",                            use: apps.show)
        person.post   ("/apps/{app}",                            use: apps.update)
        person.get    ("/apps/{app}/edit",                       use: apps.edit)
        person.get    ("/apps/{app}/created",                    use: apps.created)
        person.get    ("/apps/{app}/delete",                     use: apps.askToDelete)
        person.post   ("/apps/{app}/delete",                     use: apps.destroy)
        person.post   ("/apps/{app}/secrets",                    use: secrets.create)
        person.get    ("/apps/{app}/secrets/{secret}/revoke",    use: secrets.askToRevoke)
        person.post   ("/apps/{app}/secrets/{secret}/revoke",    use: secrets.revoke)
        person.get    ("/developer/apply",                       use: applying.show)
        person.post   ("/developer/apply",                       use: applying.send)
        person.get    ("/tenants/new",                           use: tenants.new)
        person.post   ("/tenants",                               use: tenants.create)
        person.get    ("/t/{tenant}",                            use: tenants.show)
        person.post   ("/t/{tenant}/sample-people",              use: tenants.addSamples)

        // A workspace's members, and what its admins decide
        person.get    ("/t/{tenant}/members",                    use: members.index)
        person.post   ("/t/{tenant}/members/{person}/role",      use: members.changeRole)
        person.get    ("/t/{tenant}/members/{person}/remove",    use: members.askToRemove)
        person.post   ("/t/{tenant}/members/{person}/remove",    use: members.remove)
        person.get    ("/t/{tenant}/invitations/new",            use: invites.new)
        person.post   ("/t/{tenant}/invitations",                use: invites.create)
        person.post   ("/t/{tenant}/invitations/{invitation}/resend",   use: invites.resend)
        person.post   ("/t/{tenant}/invitations/{invitation}/withdraw", use: invites.withdraw)
        visitor.get   ("/invitations/{link}",                    use: invites.show)
        visitor.post  ("/invitations/{link}",                    use: invites.accept)
        person.get    ("/t/{tenant}/apps",                       use: access.index)
        person.post   ("/t/{tenant}/apps",                       use: access.admit)
        person.get    ("/t/{tenant}/apps/add",                   use: access.add)
        person.get    ("/t/{tenant}/apps/{app}",                 use: access.show)
        person.post   ("/t/{tenant}/apps/{app}/rules",           use: access.setRules)
        person.get    ("/t/{tenant}/apps/{app}/revoke",          use: access.askToRevokeAll)
        person.post   ("/t/{tenant}/apps/{app}/revoke",          use: access.revokeAll)
        person.get    ("/t/{tenant}/apps/{app}/grants/{grant}/revoke", use: access.askToRevoke)
        person.post   ("/t/{tenant}/apps/{app}/grants/{grant}/revoke", use: access.revoke)
        person.get    ("/t/{tenant}/policy",                     use: policy.show)
        person.post   ("/t/{tenant}/policy",                     use: policy.update)
        person.get    ("/t/{tenant}/requests",                   use: requests.index)
        person.post   ("/t/{tenant}/requests",                   use: requests.create)
        person.get    ("/t/{tenant}/requests/{request}",         use: requests.show)
        person.post   ("/t/{tenant}/requests/{request}",         use: requests.decide)
        person.get    ("/t/{tenant}/requests/{request}/continue", use: requests.goOn)
        person.get    ("/t/{tenant}/tokens",                     use: held.index)
        person.post   ("/t/{tenant}/tokens/rules",               use: held.setRules)
        person.get    ("/t/{tenant}/tokens/{token}/revoke",      use: held.askToRevoke)
        person.post   ("/t/{tenant}/tokens/{token}/revoke",      use: held.revoke)
        person.get    ("/t/{tenant}/audit",                      use: log.index)
        person.get    ("/t/{tenant}/audit/export",               use: log.export)
        person.get    ("/t/{tenant}/settings",                   use: tenant.show)
        person.post   ("/t/{tenant}/settings",                   use: tenant.update)
        person.get    ("/t/{tenant}/leave",                      use: tenant.askToLeave)
        person.post   ("/t/{tenant}/leave",                      use: tenant.leave)
        person.get    ("/t/{tenant}/delete",                     use: tenant.askToDelete)
        person.post   ("/t/{tenant}/delete",                     use: tenant.destroy)
        // What the owner of an app sees and sets
        person.get    ("/apps/{app}/token-format",               use: formats.show)
        person.post   ("/apps/{app}/token-format",               use: formats.switchToV2)
        person.post   ("/apps/{app}/token-format/test",          use: formats.test)
        person.get    ("/apps/{app}/grants",                     use: grants.index)
        person.get    ("/apps/{app}/grants/{grant}/revoke",      use: grants.askToRevoke)
        person.post   ("/apps/{app}/grants/{grant}/revoke",      use: grants.revoke)
        person.get    ("/apps/{app}/activity",                   use: happened.index)
        person.get    ("/apps/{app}/activity/{event}",           use: happened.show)
        person.get    ("/apps/{app}/direct",                     use: flow.show)
        person.post   ("/apps/{app}/direct",                     use: flow.turnOn)
        person.post   ("/apps/{app}/direct/off",                 use: flow.turnOff)

        // API keys and the direct flow, test tokens
        person.get    ("/user/api-keys",                         use: keys.index)
        person.post   ("/user/api-keys",                         use: keys.create)
        visitor.get   ("/user/oauth_allow",                      use: direct.ask)
        person.get    ("/t/{tenant}/test-token",                 use: testToken.show)
        person.post   ("/t/{tenant}/test-token",                 use: testToken.create)
        person.post   ("/t/{tenant}/test-token/revoke",          use: testToken.revoke)

        // Authorization server, at a tenant's address
        visitor.get   ("/t/{tenant}/oauth/authorize",            use: authorize.ask)       // RFC 6749 §3.1
        person.post   ("/t/{tenant}/oauth/authorize",            use: authorize.answer)
        machine.post  ("/t/{tenant}/oauth/token",                use: token.exchange)      // RFC 6749 §3.2
        machine.post  ("/t/{tenant}/oauth/revoke",               use: revoke.revoke)       // RFC 7009
        machine.post  ("/t/{tenant}/oauth/introspect",           use: inspect.tenant)      // RFC 7662
        machine.post  ("/oauth/introspect",                      use: inspect.portal)

        // Metadata: RFC 8414 §3.1, and the other spellings that clients try for an issuer with a path; RFC 9728
        machine.get   ("/.well-known/oauth-authorization-server/t/{tenant}", use: metadata.authorizationServer)
        machine.get   ("/t/{tenant}/.well-known/oauth-authorization-server", use: metadata.authorizationServer)
        machine.get   ("/.well-known/openid-configuration/t/{tenant}", use: metadata.authorizationServer)
        machine.get   ("/t/{tenant}/.well-known/openid-configuration", use: metadata.authorizationServer)
        machine.get   ("/.well-known/oauth-protected-resource/t/{tenant}/api/v1", use: metadata.protectedResource)
        machine.get   ("/t/{tenant}/.well-known/oauth-protected-resource/api/v1", use: metadata.protectedResource)

        // Whoever finds a token
        machine.post  ("/leaked-tokens",                         use: leaked.report)

        // For the proxy in front of the operator's own API
        machine.get   ("/auth/verify",                           use: gate.verify)

        // The API
        machine.get   ("/v2/me",                                 use: me.portal)
        machine.get   ("/t/{tenant}/api/v1/me",                  use: me.tenant)
        machine.get   ("/t/{tenant}/api/v1/people",              use: people.index)
        machine.post  ("/t/{tenant}/api/v1/people",              use: people.create)
        machine.get   ("/t/{tenant}/api/v1/people/me",           use: me.tenant)
        machine.get   ("/t/{tenant}/api/v1/people/{contact}",    use: people.show)
        machine.put   ("/t/{tenant}/api/v1/people/{contact}",    use: people.update)
        machine.patch ("/t/{tenant}/api/v1/people/{contact}",    use: people.update)
        machine.delete("/t/{tenant}/api/v1/people/{contact}",    use: people.destroy)

        machine.get   ("/openapi.json",                          use: openAPI.show)
        machine.get   ("/v2.1/token",                            use: visible.index)
        machine.post  ("/v2.1/token",                            use: visible.create)
        machine.delete("/v2.1/token",                            use: visible.destroyOwn)
        machine.get   ("/v2.1/token/{token}",                    use: visible.show)
        machine.delete("/v2.1/token/{token}",                    use: visible.destroy)

        // The operator's desk
        staff.get     ("/operator",                              use: desk.show)
        staff.get     ("/operator/people/{person}/second-factor", use: reset.ask)
        staff.post    ("/operator/people/{person}/second-factor", use: reset.reset)
        staff.get     ("/operator/applications",                 use: queue.index)
        staff.get     ("/operator/applications/{application}",   use: queue.show)
        staff.post    ("/operator/applications/{application}",   use: queue.decide)
        staff.get     ("/operator/people",                       use: persons.index)
        staff.get     ("/operator/people/{person}",              use: persons.show)
        staff.post    ("/operator/people/{person}/suspend",      use: persons.suspend)
        staff.post    ("/operator/people/{person}/reinstate",    use: persons.reinstate)
        staff.get     ("/operator/apps",                         use: reviewed.index)
        staff.get     ("/operator/apps/{app}",                   use: reviewed.show)
        staff.post    ("/operator/apps/{app}/review",            use: reviewed.review)
        staff.post    ("/operator/apps/{app}/withdraw",          use: reviewed.withdraw)
        staff.post    ("/operator/apps/{app}/suspend",           use: reviewed.suspend)
        staff.post    ("/operator/apps/{app}/reinstate",         use: reviewed.reinstate)
        staff.get     ("/operator/tenants",                      use: customers.index)
        staff.get     ("/operator/tenants/{tenant}",             use: customers.show)
        staff.post    ("/operator/tenants/{tenant}/plan",        use: customers.changePlan)
        staff.post    ("/operator/tenants/{tenant}/suspend",     use: customers.suspend)
        staff.post    ("/operator/tenants/{tenant}/reinstate",   use: customers.reinstate)
        staff.get     ("/operator/scopes",                       use: catalogue.index)
        staff.post    ("/operator/scopes",                       use: catalogue.create)
        staff.get     ("/operator/scopes/new",                   use: catalogue.new)
        staff.get     ("/operator/scopes/{scope}",               use: catalogue.edit)
        staff.post    ("/operator/scopes/{scope}",               use: catalogue.update)
        staff.post    ("/operator/scopes/{scope}/remove",        use: catalogue.remove)
        staff.get     ("/operator/rules",                        use: catalogue.rules)
        staff.post    ("/operator/rules",                        use: catalogue.changeRules)
        staff.get     ("/operator/audit",                        use: ledger.index)
        staff.get     ("/operator/health",                       use: ledger.health)
        staff.get     ("/operator/outbox",                       use: outbox.index)
        staff.get     ("/operator/outbox/{mail}",                use: outbox.show)

        staff.get     ("/operator/apis",                         use: apis.index)
        staff.post    ("/operator/apis",                         use: apis.create)
        staff.get     ("/operator/apis/{api}/created",           use: apis.created)
        staff.get     ("/operator/apis/{api}/revoke",            use: apis.askToRevoke)
        staff.post    ("/operator/apis/{api}/revoke",            use: apis.revoke)

        guard settings.isDemo else { return }
        let demo = DemoController(site: self)
        visitor.get   ("/demo/mail",                             use: demo.mails)
        visitor.get   ("/demo/mail/{mail}",                      use: demo.mail)
        visitor.get   ("/demo/callback",                         use: demo.callback)
        visitor.get   ("/dev/pages",                             use: demo.gallery)
        visitor.get   ("/dev/pages/{exhibit}",                   use: demo.exhibit)
    }

    /// A known address and an unknown method: 405 with what is allowed, not "nothing here".
    private func refuseOtherMethods(on router: Router<SiteContext>) {
        let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace]
        let known = Dictionary(grouping: router.routes, by: \.path.description).mapValues { Set($0.map(\.method)) }
        for (path, methodsHere) in known {
            // Whatever answers GET answers HEAD as well (RFC 9110 §9.3.2).
            let allowed = methodsHere.contains(.get) ? methodsHere.union([.head]) : methodsHere
            let header = allowed.map(\.rawValue).sorted().joined(separator: ", ")
            for method in methods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    throw Failure.methodNotAllowed(header)
                }
            }
        }
    }
}
