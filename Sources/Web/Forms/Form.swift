import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import Portal
import Storage

/// A posted form of one of our pages, already known to be ours.
struct Form {
    private let list: ParameterList

    fileprivate init(_ list: ParameterList) { self.list = list }

    /// The one value of a field, "" when it was not sent. A field sent twice is refused.
    func text(_ name: StaticString) throws -> String {
        let values = list.all(Parameter(name))
        guard values.count <= 1 else { throw Failure.badRequest("A field was sent more than once.") }
        return values.first ?? ""
    }

    /// Every value of a repeated field.
    func all(_ name: StaticString) -> [String] { list.all(Parameter(name)) }
}

extension Site {
    static let largestForm = 64 * 1024

    /// Reads a form and checks that it came from a page made for this very visitor.
    func form(_ request: Request, _ context: some Browsing) async throws -> Form {
        guard MediaType(request)?.isForm == true else { throw Failure.unsupportedMediaType }
        let body = try await request.body.collect(upTo: Self.largestForm)
        let form: Form
        do throws(OAuthError) {
            form = Form(try ParameterList(form: Array(body.readableBytesView)))
        } catch {
            throw Failure.badRequest("The form could not be read.")
        }
        let sent = try form.text("csrf")
        guard store.isFormToken(sent, for: context.siteContext.visitor.formSeed) else { throw Failure.formExpired }
        return form
    }

    /// The query of a page's address, for filters and prefilled forms. What cannot be read counts as empty.
    func query(_ request: Request) -> Form {
        Form((try? ParameterList(query: request.uri.query ?? "")) ?? .empty)
    }
}

/// The media type of a request body, without trusting anything but ASCII.
struct MediaType {
    private let essence: [UInt8]
    private let charset: [UInt8]?

    init?(_ request: Request) {
        guard let header = request.headers[.contentType] else { return nil }
        let parts = Array(header.utf8).split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        essence = Self.normal(parts.first ?? [])
        charset = parts.dropFirst().map(Self.normal).first { $0.starts(with: "charset=".utf8) }
            .map { Array($0.dropFirst(8)).filter { $0 != UInt8(ascii: "\"") } }
    }

    var isForm: Bool { essence.elementsEqual("application/x-www-form-urlencoded".utf8) && isUTF8 }
    var isJSON: Bool { essence.elementsEqual("application/json".utf8) && isUTF8 }

    private var isUTF8: Bool { charset.map { $0.elementsEqual("utf-8".utf8) || $0.elementsEqual("utf8".utf8) } ?? true }

    private static func normal(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.filter { $0 != 0x20 && $0 != 0x09 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}
