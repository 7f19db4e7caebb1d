import Core
import Egress
import Testing

@testable import Platform

struct ConnectionTests {
    private func proof(_ kind: String, _ json: String) -> ConnectionProof? {
        ConnectionProof(EventConnection.Settings(authorization: kind, parameters: json))
    }

    @Test func `each kind proves itself in its header`() throws {
        let key = proof("API_KEY", #"{"ApiKeyAuthParameters":{"ApiKeyName":"X","ApiKeyValue":"v"}}"#)
        #expect(key?.header(token: nil) == .init(name: "X", value: "v"))
        let basic = proof("BASIC", #"{"BasicAuthParameters":{"Username":"Aladdin","Password":"open sesame"}}"#)
        // RFC 7617, section 2.
        #expect(basic?.header(token: nil) == .init(name: "Authorization", value: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="))
        #expect(proof("BASIC", #"{"BasicAuthParameters":{"Username":"me"}}"#) == nil)
    }

    @Test(arguments: ["POST", "GET"])
    func `a grant is asked for with what the connection says`(_ method: String) throws {
        let made = proof(
            "OAUTH_CLIENT_CREDENTIALS",
            #"""
            {"OAuthParameters":{"AuthorizationEndpoint":"https://a.test/token","HttpMethod":"\#(method)",
            "ClientParameters":{"ClientID":"me","ClientSecret":"a&b"},
            "OAuthHttpParameters":{"BodyParameters":[{"Key":"scope","Value":"x y"},{"Key":"client_id","Value":"other"}]}}}
            """#)
        guard case .grant(let grant)? = made else { throw NameError.empty }
        let request = try grant.request()
        let form = "grant_type=client_credentials&client_secret=a%26b&scope=x%20y&client_id=other"
        #expect(String(decoding: request.body, as: UTF8.self) == (method == "POST" ? form : ""))
        #expect(request.address.path == (method == "POST" ? "/token" : "/token?\(form)"))
    }

    @Test(
        arguments: [
            (#"{"access_token":"t","expires_in":600}"#, 540_000), (#"{"access_token":"t","expires_in":"60"}"#, 54_000),
            (#"{"access_token":"t"}"#, 3_540_000), (#"{"access_token":"t","expires_in":-5}"#, 0),
            (#"{"access_token":"t","expires_in":1e300}"#, 86_400_000), (#"{"access_token":"a b"}"#, nil),
            (#"{"access_token":"a\r\nb"}"#, nil), (#"{"access_token":""}"#, nil), ("[]", nil), ("", nil),
        ] as [(String, Int64?)])
    func `a token is used until shortly before its end, and is nothing but a token`(_ answer: String, _ life: Int64?) {
        let token = GrantedTokens.Token(Array(answer.utf8), at: Instant(milliseconds: 0))
        #expect(token?.end.milliseconds == life)
    }

    @Test func `many calls ask for one token, and for another where it was refused`() async throws {
        let tokens = GrantedTokens()
        func fetch(_ text: String) -> @Sendable () async -> Result<GrantedTokens.Token, DeliveryRefusal> {
            {
                await Task.yield()
                guard let token = GrantedTokens.Token(Array(#"{"access_token":"\#(text)"}"#.utf8), at: .now) else {
                    return .failure(.final("", ""))
                }
                return .success(token)
            }
        }
        let got = await withTaskGroup(of: String?.self) { group in
            for number in 0..<20 {
                group.addTask { try? await tokens.token(of: "c", refused: nil, fetch("t\(number)")).get().text }
            }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(got.count == 1 && got.first != nil)
        let old = try #require(got.first ?? nil)
        let new = try await tokens.token(of: "c", refused: old, fetch("new")).get()
        let still = try await tokens.token(of: "c", refused: old, fetch("newer")).get()
        #expect(new.text == "new" && still.text == "new")
    }

    @Test func `calls of a destination are evenly apart, and too long a wait takes no place`() {
        var rate = CallRate()
        let now = Instant(milliseconds: 10_000)
        func wait(_ name: String, at time: Instant) -> Double? {
            rate.wait(for: name, perSecond: 4, longest: 600, at: time)
        }
        #expect((0..<4).map { _ in wait("a", at: now) } == [0, 250, 500, nil])
        #expect(wait("b", at: now) == 0)
        #expect(wait("a", at: now.advanced(milliseconds: 500)) == 250)
        #expect(wait("a", at: now.advanced(milliseconds: 5000)) == 0)
    }
}
