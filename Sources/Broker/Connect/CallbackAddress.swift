/// An address of a tenant's own that we send to or name to providers.
package enum CallbackAddress {
    /// Whether it is `https` (or `http` on this machine), names a host and no user, has no fragment, and is plain ASCII of
    /// at most 2,000 bytes. Where it leads is checked when it is called.
    package static func isSound(_ text: String) -> Bool {
        guard text.utf8.count <= 2000, text.utf8.first != 0x7B, !text.utf8.contains(0x7B), !text.utf8.contains(0x7D),
            let template = URLTemplate(text)
        else { return false }
        return AddressProblem(of: template) == nil
    }
}
