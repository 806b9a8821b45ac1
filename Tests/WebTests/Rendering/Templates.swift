import Foundation
import Web

/// The repository's own templates, found from where this file lies.
let templatesFolder: String = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    return folder.appendingPathComponent("Templates").path
}()

/// One renderer of the repository's templates for all tests: parsing them takes most of a second unoptimised.
let pageRenderer = Result { try PageRenderer(templatesFolder: templatesFolder) }

/// A folder of throwaway templates, by name and text.
func templates(_ texts: [String: String]) throws -> String {
    let folder = NSTemporaryDirectory() + "gatewright-templates-\(UUID().uuidString)"
    for (name, text) in texts {
        let file = URL(fileURLWithPath: "\(folder)/\(name).mustache")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return folder
}

/// All of the repository's templates, by path.
func templateTexts() throws -> [(path: String, text: String)] {
    let paths = FileManager.default.enumerator(atPath: templatesFolder)?.compactMap { $0 as? String } ?? []
    return try paths.filter { $0.hasSuffix(".mustache") }.sorted().map {
        ($0, try String(contentsOfFile: "\(templatesFolder)/\($0)", encoding: .utf8))
    }
}

/// Signed in as Ada, in demo mode.
func sampleLayout() -> Layout {
    var layout = Layout()
    layout.personName = "Ada"
    layout.personEmail = "ada@acme.example"
    layout.isDemo = true
    layout.csrf = "csrf-token"
    layout.notice = Notice(.ok, "Saved.")
    return layout
}
