/// A path on this site that a person may be sent to: what `next` and `back` fields hold.
///
/// A path is internal when it starts with exactly one slash and holds visible ASCII only, no backslash and no
/// percent sign before its query, so that no browser can read a host in it.
struct InternalPath {
    let text: String

    init?(_ typed: String) {
        let bytes = Array(typed.utf8)
        guard bytes.count <= 8000, bytes.first == UInt8(ascii: "/"),
            bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") }),
            Address.isCanonical(typed)
        else { return nil }
        text = typed
    }
}
