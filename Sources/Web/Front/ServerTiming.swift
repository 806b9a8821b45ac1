import HTTPTypes
import Hummingbird

extension Response {
    /// Says in milliseconds what a part of the work took (W3C Server Timing).
    mutating func addTiming(_ part: String, since started: ContinuousClock.Instant) {
        let spent = started.duration(to: .now)
        let microseconds = spent.components.seconds * 1_000_000 + spent.components.attoseconds / 1_000_000_000_000
        let value = "\(part);dur=\(microseconds / 1000).\(microseconds % 1000 / 100)"
        headers.append(HTTPField(name: .serverTiming, value: value))
    }
}
