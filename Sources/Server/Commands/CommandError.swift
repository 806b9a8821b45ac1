/// Why a command cannot do what it was asked, in words for whoever runs it.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
