import Hummingbird
import Portal

/// What is the same for everybody who has signed in.
protocol SignedInContext: Browsing {
    var session: Session { get }
}

extension PersonContext: SignedInContext {}
extension OperatorContext: SignedInContext {}

/// What pages need of any context.
protocol Browsing: RequestContext {
    var siteContext: SiteContext { get }
}

extension SiteContext: Browsing {
    var siteContext: SiteContext { self }
}

extension PersonContext: Browsing {
    var siteContext: SiteContext { site }
}

extension OperatorContext: Browsing {
    var siteContext: SiteContext { site }
}
