import Foundation
package import OAuth

extension Store {
    /// A form that waits in its own page while the person proves who they are: sealed for one session and one address,
    /// so nothing of it can be read in the page, changed, or sent anywhere else.
    ///
    /// - Returns: text of base64url digits.
    package func keepForm(
        _ bytes: [UInt8], of session: ID<Entity.Session>, for path: String
    ) throws -> String {
        try keepForm(bytes, place: session.text + " " + path)
    }

    func keepForm(_ bytes: [UInt8], place: String) throws -> String {
        let sealed = try keyring.seal(bytes, table: "sessions", column: "kept_form", row: place)
        return Self.swap(Data(sealed).base64EncodedString(), ["+": "-", "/": "_"])
    }

    /// What was kept; nil when it was not kept for this session and address.
    package func keptForm(_ text: String, of session: ID<Entity.Session>, for path: String) -> [UInt8]? {
        keptForm(text, place: session.text + " " + path)
    }

    func keptForm(_ text: String, place: String) -> [UInt8]? {
        guard let sealed = Data(base64Encoded: Self.swap(text, ["-": "+", "_": "/"])) else { return nil }
        return try? keyring.open(Array(sealed), table: "sessions", column: "kept_form", row: place)
    }

    private static func swap(_ text: String, _ bytes: [Unicode.Scalar: Unicode.Scalar]) -> String {
        var swapped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { swapped.append(bytes[scalar] ?? scalar) }
        return String(swapped)
    }
}
