import Core
import NIOHTTP1
import Testing

@testable import Gateway

@Suite struct InvokeRequestTests {
    private func head(_ uri: String, _ method: HTTPMethod = .POST) -> RequestText {
        RequestText(HTTPRequestHead(version: .http1_1, method: method, uri: uri))
    }

    @Test func `a bare name is read off the path`() {
        #expect(InvokeRequest.bareName(head("/2015-03-31/functions/a_b-9/invocations"))?.text == "a_b-9")
    }

    @Test(arguments: [
        "/2015-03-31/functions/a/invocations?Qualifier=1", "/2015-03-31/functions/a%2Fb/invocations",
        "/2015-03-31/functions/a:1/invocations", "/2015-03-31/functions//invocations",
        "/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:a/invocations",
        "/2015-03-31/functions/a/b/invocations", "/2015-03-31/functions/../invocations",
    ])
    func `whatever is more than a name is left to the router`(uri: String) {
        #expect(InvokeRequest.isInvoke(head(uri)))
        #expect(InvokeRequest.bareName(head(uri)) == nil)
    }

    @Test func `other methods and paths are no calls`() {
        #expect(!InvokeRequest.isInvoke(head("/2015-03-31/functions/a/invocations", .GET)))
        #expect(!InvokeRequest.isInvoke(head("/2015-03-31/functions/a/invocation")))
        #expect(!InvokeRequest.isInvoke(head("/2014-11-13/functions/a/invocations")))
    }
}
