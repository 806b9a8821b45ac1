/// `/`
package struct LandingPage: Page {
    /// "http://127.0.0.1:8080", for the quick start.
    var baseURL: String
    var isSignUpOpen = true

    package static let template = "landing"
    package var title: String { "The developer platform in one small server" }
    package static let sample = LandingPage(baseURL: "https://portal.example")
}
