import OAuth

/// Where the person goes next, said so that they recognise it.
///
/// The whole host is emphasised. Which part of a name somebody owns only the public suffix list knows (`co.uk`), and a
/// list that is out of date would point at the wrong part.
struct Destination {
    let start: String
    let host: String
    let end: String

    init(_ uri: VerifiedRedirectURI) {
        switch uri.shape {
        case .privateUse: (start, host, end) = ("the app registered for ", uri.destination + ":", "")
        case .loopback: (start, host, end) = ("", "an app on this computer", " (\(uri.destination))")
        case .web: (start, host, end) = ("", uri.destination, "")
        }
    }
}
