/// Why a callback URL cannot be registered. Each has its own sentence, because "invalid URL" helps nobody.
package enum RedirectURIProblem: String, Error, Hashable, CaseIterable, Sendable {
    case missing, tooLong, notASCII, spaceOrControl, backslash, wildcard, invalidCharacter, badPercentEncoding
    case noScheme, uppercaseScheme, schemeNotAllowed, privateUseWithoutDot, privateUseForWeb, plainHTTP
    case fragment, userinfo, noHost, uppercaseHost, trailingDotHost, encodedHost, invalidHost, loopbackLookAlike
    case emptyPort, portNotCanonical, defaultPort
    case dotSegment, encodedDotOrSlash, pathParameter, reservedQuery

    /// For the developer, complete and ending in a full stop.
    package var message: String {
        switch self {
        case .missing: "Enter a callback URL."
        case .tooLong: "A callback URL can have at most 2,000 bytes."
        case .notASCII: "Use ASCII only: write a host name in its xn-- form and percent-encode the rest."
        case .spaceOrControl: "Remove spaces, tabs and line breaks, encoded ones too where they are control characters."
        case .backslash: "Replace backslashes: browsers read them as slashes."
        case .wildcard: "Wildcards (*) are not supported: callback URLs are compared exactly. Add each one."
        case .invalidCharacter: "Percent-encode characters that a URL may not contain, such as quotes and brackets."
        case .badPercentEncoding: "A percent sign must be followed by two hexadecimal digits."
        case .noScheme: "Enter an absolute URL with its scheme, for example https://app.example/callback."
        case .uppercaseScheme: "Write the scheme in lower case."
        case .schemeNotAllowed:
            "This scheme is not allowed: use https, or a scheme of your own such as com.example.app."
        case .privateUseWithoutDot:
            "A scheme of your own must contain a dot: a reversed domain such as com.example.app."
        case .privateUseForWeb: "A scheme of your own needs a public (native) app: a confidential app uses https."
        case .plainHTTP: "Use https. Plain http works only for 127.0.0.1, [::1] and localhost."
        case .fragment: "Remove the # and what follows: a callback URL cannot have a fragment."
        case .userinfo: "Remove the user name before the @."
        case .noHost: "The URL has no host: after the scheme come two slashes and a host name."
        case .uppercaseHost: "Write the host in lower case."
        case .trailingDotHost: "Remove the dot at the end of the host."
        case .encodedHost: "The host cannot contain percent-encoded characters."
        case .invalidHost: "This is not a host name: use letters, digits, hyphens and dots, or an IPv4 address."
        case .loopbackLookAlike: "For this machine write exactly 127.0.0.1, [::1] or localhost."
        case .emptyPort: "Remove the colon after the host, or add a port number."
        case .portNotCanonical: "A port is a number from 1 to 65535, without leading zeros."
        case .defaultPort: "Leave out the default port: 443 for https, 80 for http."
        case .dotSegment: "Remove . and .. from the path."
        case .encodedDotOrSlash: "The path cannot contain an encoded dot, slash, backslash or percent sign."
        case .pathParameter: "The path cannot contain a semicolon."
        case .reservedQuery: "The query cannot contain code, state, iss or error: the answer adds them."
        }
    }
}
