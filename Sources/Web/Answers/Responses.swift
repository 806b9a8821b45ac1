import HTTPTypes
import Hummingbird
import NIOCore
import OAuth

/// An answer whose bytes are all there, before it is known which way it leaves: by the router or directly.
struct WholeAnswer {
    let status: HTTPResponse.Status
    var headers: HTTPFields
    let body: [UInt8]

    static func json(bytes: [UInt8], status: HTTPResponse.Status = .ok) -> WholeAnswer {
        WholeAnswer(status: status, headers: [.contentType: "application/json"], body: bytes)
    }

    static func json(_ value: some JSONWritable, status: HTTPResponse.Status = .ok) -> WholeAnswer {
        var writer = JSONWriter()
        value.write(to: &writer)
        return json(bytes: writer.bytes, status: status)
    }
}

extension Response {
    init(_ answer: WholeAnswer) {
        self.init(
            status: answer.status, headers: answer.headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    /// 303 unless said otherwise, so that what was posted is never posted again somewhere else.
    ///
    /// - Parameter location: ours, or a verified redirect URI. Bytes that could end the header are refused.
    static func sending(to location: String, status: HTTPResponse.Status = .seeOther) -> Response {
        guard location.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return Response(status: .internalServerError)
        }
        return Response(status: status, headers: [.location: location])
    }

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func json(bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(.json(bytes: bytes, status: status))
    }

    static func json(_ value: some JSONWritable, status: HTTPResponse.Status = .ok) -> Response {
        Response(.json(value, status: status))
    }

    static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension Response {
    /// JSON that everybody may have, pages of other sites too: there is nothing of anybody in it.
    static func published(_ bytes: [UInt8]) -> Response {
        var response = Response.json(bytes: bytes)
        response.headers[.cacheControl] = "public, max-age=300"
        response.headers[.accessControlAllowOrigin] = "*"
        return response
    }

    /// RFC 6749 §5.2.
    static func refusal(_ error: OAuthError, realm: String) -> Response {
        var response = Response.json(bytes: error.json(), status: .init(code: error.status))
        if let challenge = error.basicChallenge(realm: realm) { response.headers[.wwwAuthenticate] = challenge }
        return response
    }
}
