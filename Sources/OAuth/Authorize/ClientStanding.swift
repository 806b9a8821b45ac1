/// How far a client may go where it now asks, by whether somebody who runs this server has looked at it.
package enum ClientStanding: Hashable, Sendable {
    /// Looked at, or this is a place to try things in.
    case trusted
    /// Not looked at: people are warned.
    case unreviewed
    /// Not looked at, and in use in as many places as that is allowed for.
    case unreviewedAtLimit
}
