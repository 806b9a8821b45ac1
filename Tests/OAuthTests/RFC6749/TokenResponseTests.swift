import OAuth
import Testing

@Suite("RFC 6749 · §5: the token response")
struct TokenResponseTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `§5.1: V2 answers with these members, in this order`() throws {
        let response = try #require(try redeeming().response)
        let refresh = try #require(response.renewal?.refreshToken).reveal()
        #expect(
            text(response.json())
                == #"{"access_token":"\#(response.accessToken.reveal())","refresh_token":"\#(refresh)","#
                + #""token_type":"Bearer","expires_in":86400,"scope":"people:read","created_at":1800000000}"#)
    }

    @Test func `§5.1: V1 answers with three members`() throws {
        let response = try #require(try redeeming(by: Cast.client(tokenFormat: .v1)).response)
        #expect(
            text(response.json())
                == #"{"access_token":"\#(response.accessToken.reveal())","token_type":"bearer","#
                + #""created_at":1800000000}"#
        )
    }

    @Test func `§5.1: the tokens in it are of their kinds and differ`() throws {
        let response = try #require(try redeeming().response)
        let refresh = try #require(response.renewal?.refreshToken)
        #expect(Secret<AccessToken>(response.accessToken.reveal()) != nil)
        #expect(Secret<RefreshToken>(refresh.reveal()) != nil)
        #expect(response.accessToken.reveal() != refresh.reveal())
    }

    @Test func `§5.2: an error is a word from the list and a sentence`() {
        #expect(
            text(OAuthError(.invalidGrant, "the code has expired").json())
                == #"{"error":"invalid_grant","error_description":"the code has expired"}"#)
    }

    @Test(arguments: [
        (OAuthError.Code.invalidRequest, 400), (.invalidClient, 401), (.invalidGrant, 400), (.unauthorizedClient, 400),
        (.unsupportedGrantType, 400), (.invalidScope, 400), (.serverError, 500), (.temporarilyUnavailable, 503),
        (.invalidToken, 401), (.insufficientScope, 403),
    ])
    func `§5.2: each error has its status`(code: OAuthError.Code, status: Int) {
        #expect(OAuthError(code, "x").status == status)
    }

    @Test func `§5.2: the words are those of the RFCs`() {
        #expect(
            Set(OAuthError.Code.allCases.map(\.rawValue)) == [
                "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
                "unsupported_response_type", "invalid_scope", "access_denied", "server_error",
                "temporarily_unavailable",
                "login_required", "consent_required", "request_not_supported", "request_uri_not_supported",
                "invalid_token", "insufficient_scope",
            ])
    }

    @Test func `errors are equal when word, sentence and method are`() {
        #expect(OAuthError(.invalidGrant, "a") == OAuthError(.invalidGrant, "a"))
        #expect(OAuthError(.invalidGrant, "a") != OAuthError(.invalidGrant, "b"))
        #expect(OAuthError(.invalidGrant, "a") != OAuthError(.invalidScope, "a"))
        #expect(OAuthError(.invalidGrant, "a", triedBasic: true) != OAuthError(.invalidGrant, "a"))
    }
}
