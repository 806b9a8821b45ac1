import OAuth
import Portal

/// Where tenants are reached: below the portal's own host, and under a host of each one's own. Both always route; one
/// of them is what metadata, `iss` and ready examples name.
package struct TenantAddresses: Sendable {
    /// The raw value is the setting's.
    package enum Form: String, CaseIterable, Sendable {
        /// `https://HOST/t/{slug}`, which needs no wildcard DNS or certificate.
        case path
        /// `https://{slug}.HOST`
        case subdomain
    }

    let base: BaseURL
    /// What follows `{slug}.`
    let host: String
    let issuerForm: Form

    func address(of slug: String, as form: Form) -> String {
        switch form {
        case .path: "\(base.text)/t/\(slug)"
        case .subdomain: "\(scheme)\(slug).\(host)"
        }
    }

    /// RFC 8414 §2.
    ///
    /// - Parameter slug: a tenant's, or a word that stands for one in an example.
    func issuer(of slug: String) -> String { address(of: slug, as: issuerForm) }

    /// The slug in an issuer, compared byte for byte; nil when it is not one of ours.
    func slug(ofIssuer issuer: String) -> Slug? {
        let (before, after) = issuerForm == .path ? ("\(base.text)/t/", "") : (scheme, ".\(host)")
        let bytes = Array(issuer.utf8)
        guard bytes.count > before.utf8.count + after.utf8.count, bytes.starts(with: before.utf8),
            bytes.suffix(after.utf8.count).elementsEqual(after.utf8)
        else { return nil }
        let slug = bytes.dropFirst(before.utf8.count).dropLast(after.utf8.count)
        return Slug(String(decoding: slug, as: UTF8.self))
    }

    private var scheme: String { base.isSecure ? "https://" : "http://" }

    /// For pages' samples.
    static let sample: TenantAddresses = {
        guard let base = BaseURL("https://portal.example") else { preconditionFailure("the sample is malformed") }
        return TenantAddresses(base: base, host: base.authority, issuerForm: .path)
    }()
}
