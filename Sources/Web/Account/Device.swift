/// A browser in words, "Firefox on Linux", for its owner to recognise. A guess: browsers call themselves whatever
/// they like, and nothing is decided by it.
struct Device {
    let text: String

    init(userAgent: String) {
        let bytes = Array(userAgent.utf8)
        let browser = Self.browsers.first { Self.holds(bytes, $0.mark) }?.name
        let system = Self.systems.first { Self.holds(bytes, $0.mark) }?.name
        switch (browser, system) {
        case (let browser?, let system?): text = "\(browser) on \(system)"
        case (let one?, nil), (nil, let one?): text = one
        case (nil, nil): text = "Unknown browser"
        }
    }

    /// The first that fits: nearly all call themselves Safari, many Chrome as well.
    private static let browsers = [
        (mark: "Edg", name: "Edge"), (mark: "OPR/", name: "Opera"), (mark: "SamsungBrowser/", name: "Samsung Internet"),
        (mark: "Firefox/", name: "Firefox"), (mark: "FxiOS/", name: "Firefox"),
        (mark: "HeadlessChrome/", name: "Chrome"),
        (mark: "CriOS/", name: "Chrome"), (mark: "Chrome/", name: "Chrome"), (mark: "Safari/", name: "Safari"),
        (mark: "curl/", name: "curl"), (mark: "python-requests/", name: "Python"),
    ]

    private static let systems = [
        (mark: "iPhone", name: "iPhone"), (mark: "iPad", name: "iPad"), (mark: "Android", name: "Android"),
        (mark: "Windows", name: "Windows"), (mark: "CrOS", name: "ChromeOS"), (mark: "Macintosh", name: "macOS"),
        (mark: "Linux", name: "Linux"),
    ]

    private static func holds(_ bytes: [UInt8], _ mark: String) -> Bool {
        let mark = Array(mark.utf8)
        guard bytes.count >= mark.count else { return false }
        return (0...(bytes.count - mark.count)).contains { bytes[$0...].starts(with: mark) }
    }
}
