import Foundation
import Testing

/// A template that asks for what its page does not have: people get plain words, operators the reason.
@Suite struct UnrenderableTests {
    @Test func `a page that cannot be rendered leaves its cause in the log, and so does the page for errors`()
        async throws
    {
        let folder = NSTemporaryDirectory() + "templates-" + UUID().uuidString
        try FileManager.default.copyItem(atPath: TestSite.root + "/Templates", toPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let site = try await TestSite(templates: folder)
        let ada = try await site.browser(signedInAs: site.cast.ada)
        site.clock.move(by: 601)
        try "{{nothingOfTheKind}}".write(toFile: folder + "/people/confirm.mustache", atomically: true, encoding: .utf8)
        let question = try await ada.submit("/account/sessions/end-others", on: "/account")
        #expect(question.status == 500 && question.contains("</html>"))
        #expect(site.errors.last?.contains("nothingOfTheKind") == true)

        try "{{nothingEither}}".write(toFile: folder + "/error.mustache", atomically: true, encoding: .utf8)
        let answer = try await ada.get("/nowhere")
        #expect(answer.status == 404 && answer.body == "There is nothing at this address, or it is not yours to see.")
        #expect(site.errors.last?.contains("nothingEither") == true)
    }
}
