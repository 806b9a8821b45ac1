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
        let authorize = AuthorizeController(site: self)
        let token     = TokenController(site: self)
        let metadata  = MetadataController(site: self)
        let me        = MeController(site: self)
        let people    = PeopleController(site: self)
        let reset     = SecondFactorReset(site: self)
        let desk      = OperatorController(site: self)
        let outbox    = OutboxController(site: self)
        let docs      = DocsController(site: self)

        // Probes and files
        machine.get   ("/healthz",                               use: health.alive)
        machine.get   ("/readyz",                                use: health.ready)
        visitor.get   ("/assets/{file}",                         use: home.asset)

        // First contact
        visitor.get   ("/",                                      use: home.landing)
        visitor.get   ("/scopes",                                use: home.scopes)
        visitor.post  ("/theme",                                 use: home.theme)
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
        person.get    ("/tenants/new",                           use: tenants.new)
        person.post   ("/tenants",                               use: tenants.create)
        person.get    ("/t/{tenant}",                            use: tenants.show)
        person.post   ("/t/{tenant}/sample-people",              use: tenants.addSamples)

        // Authorization server, at a tenant's address
        visitor.get   ("/t/{tenant}/oauth/authorize",            use: authorize.ask)       // RFC 6749 §3.1
        person.post   ("/t/{tenant}/oauth/authorize",            use: authorize.answer)
        machine.post  ("/t/{tenant}/oauth/token",                use: token.exchange)      // RFC 6749 §3.2
        machine.get   ("/t/{tenant}/.well-known/oauth-authorization-server", use: metadata.show)   // RFC 8414
        machine.get   ("/.well-known/oauth-authorization-server/t/{tenant}", use: metadata.show)   // RFC 8414 §3.1

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

        // The operator's desk
        staff.get     ("/operator",                              use: desk.show)
        staff.get     ("/operator/people/{person}/second-factor", use: reset.ask)
        staff.post    ("/operator/people/{person}/second-factor", use: reset.reset)
        staff.get     ("/operator/outbox",                       use: outbox.index)
        staff.get     ("/operator/outbox/{mail}",                use: outbox.show)

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
