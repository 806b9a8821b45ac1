import HTTPTypes
import Hummingbird
import NIOCore
import OAuth
import Portal
import Storage

/// A posted form of one of our pages, already known to be ours.
struct Form {
    private let list: ParameterList
    /// As it was sent, for keeping while its sender proves who they are.
    let bytes: [UInt8]
    /// What was typed beside a form that had been kept.
    fileprivate(set) var proof: Proof?

    fileprivate init(_ list: ParameterList, bytes: [UInt8] = []) {
        self.list = list
        self.bytes = bytes
    }

    fileprivate init(bytes: [UInt8]) throws {
        do throws(OAuthError) {
            self.init(try ParameterList(form: bytes), bytes: bytes)
        } catch {
            throw Failure.badRequest("The form could not be read.")
        }
    }

    /// The one value of a field, "" when it was not sent. A field sent twice is refused.
    func text(_ name: StaticString) throws -> String {
        let values = list.all(Parameter(name))
        guard values.count <= 1 else { throw Failure.badRequest("A field was sent more than once.") }
        return values.first ?? ""
    }

    /// The one value of a field whose name comes from data; "" when it was not sent, or twice.
    func value(_ name: String) -> String {
        let values = list.pairs.filter { $0.name.utf8.elementsEqual(name.utf8) }
        return values.count == 1 ? values[0].value : ""
    }

    /// The first value of a field, "" when it was not sent: for what an address asks a page, where nothing is refused.
    func first(_ name: StaticString) -> String { all(name).first ?? "" }

    /// Every value of a repeated field.
    func all(_ name: StaticString) -> [String] { list.all(Parameter(name)) }
}

extension Site {
    static let largestForm = 64 * 1024

    /// Reads a form and checks that it came from a page made for this very visitor. A form that was
    /// kept while its sender proved who they are is as it was then, with the proof.
    func form(_ request: Request, _ context: some Browsing) async throws -> Form {
        guard MediaType(request)?.isForm == true else { throw Failure.unsupportedMediaType }
        // A kept form is a third longer than what it holds.
        let body = try await request.body.collect(upTo: Self.largestForm / 2 * 3)
        let form = try Form(bytes: Array(body.readableBytesView))
        let sent = try form.text("csrf")
        guard store.isFormToken(sent, for: context.siteContext.visitor.formSeed) else { throw Failure.formExpired }
        let kept = form.all("kept")
        guard !kept.isEmpty, let session = context.siteContext.visitor.session else {
            guard form.bytes.count <= Self.largestForm else { throw Failure.tooLarge }
            return form
        }
        guard let bytes = store.keptForm(kept.joined(), of: session.id, for: request.uri.path) else {
            throw Failure.formExpired
        }
        var opened = try Form(bytes: bytes)
        opened.proof = try Proof(form)
        return opened
    }

    /// Answers a button that only fills a form in further (all scopes, one more row): with a page of its own address, so
    /// that Back in a browser without script finds pages, and no answer to a form, which it could not fetch again.
    ///
    /// - Parameter part: the ID of what was filled in, which the page opens at.
    /// - Returns: nil when more was typed than is kept; then the answer is the page.
    func showFilled(_ form: Form, at path: String, part: String, _ context: PersonContext) -> Response? {
        guard form.bytes.count <= 8 * 1024 else { return nil }
        shownOnce.keep(
            String(decoding: form.bytes, as: UTF8.self), of: "form " + path,
            forVisitor: context.site.visitor.formSeed, at: now())
        return redirect(to: path + "?filled=yes#" + part)
    }

    /// What such a button left for this page; nil when there is nothing, or no longer.
    func filled(_ request: Request, _ context: PersonContext) -> Form? {
        guard !query(request).first("filled").utf8.isEmpty else { return nil }
        let text = shownOnce.read("form " + request.uri.path, forVisitor: context.site.visitor.formSeed, at: now())
        return text.flatMap { try? Form(bytes: Array($0.utf8)) }
    }

    /// The query of a page's address, for filters and prefilled forms. What cannot be read counts as empty.
    func query(_ request: Request) -> Form {
        Form((try? ParameterList(query: request.uri.query ?? "")) ?? .empty)
    }
}

/// The media type of a request body, without trusting anything but ASCII.
struct MediaType {
    let isForm: Bool
    let isJSON: Bool

    init?(_ request: Request) { self.init(request.headers) }

    init?(_ headers: HTTPFields) {
        let sent = headers[values: .contentType]
        guard let header = sent.first, sent.count == 1 else { return nil }
        // As nearly every program writes it.
        guard !header.isSame(as: Self.form) else {
            (isForm, isJSON) = (true, false)
            return
        }
        let parts = Array(header.utf8).split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        let essence = Self.normal(parts.first ?? [])
        let charset = parts.dropFirst().map(Self.normal).first { $0.starts(with: "charset=".utf8) }
            .map { $0.dropFirst(8).filter { $0 != UInt8(ascii: "\"") } }
        let isUTF8 = charset.map { $0.elementsEqual("utf-8".utf8) || $0.elementsEqual("utf8".utf8) } ?? true
        isForm = isUTF8 && essence.elementsEqual(Self.form.utf8)
        isJSON = isUTF8 && essence.elementsEqual("application/json".utf8)
    }

    private static let form = "application/x-www-form-urlencoded"

    private static func normal(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.filter { $0 != 0x20 && $0 != 0x09 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}
