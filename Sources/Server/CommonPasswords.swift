import Foundation
import Portal

/// The list of passwords that everybody tries.
enum CommonPasswords {
    static func policy(_ assetsFolder: String) throws -> PasswordPolicy {
        let path = assetsFolder + "/Resources/common-passwords.txt"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandError("\(path) is missing. GATEWRIGHT_ASSETS must name the folder that Gatewright came in.")
        }
        return PasswordPolicy(common: text.split(separator: "\n").map(String.init))
    }
}
