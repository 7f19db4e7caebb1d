import Core
import Platform
import Testing

@Suite struct CodeLinkTests {
    let links = CodeLinks()
    let time = Instant(milliseconds: 1_000_000)

    func split(_ link: String) -> (path: String, query: String) {
        let parts = link.split(separator: "?").map(String.init)
        return (parts[0], parts[1])
    }

    @Test func `a link gives what it was made for`() throws {
        let target = CodeLinks.Target.function(try FunctionName("f"), .published(3))
        let (path, query) = split(links.link(to: target, in: .standard, at: time))
        #expect(path == "/martlet/code/000000000000/function/f/3")
        #expect(links.ticket(path: path, query: query, at: time)?.target == target)
    }

    @Test func `a link that is old, changed or foreign gives nothing`() throws {
        let target = CodeLinks.Target.layer(try LayerName("l"), 1)
        let (path, query) = split(links.link(to: target, in: .standard, at: time))
        #expect(links.ticket(path: path, query: query, at: time.advanced(milliseconds: 601_000)) == nil)
        #expect(links.ticket(path: path.replacing("/l/1", with: "/l/2"), query: query, at: time) == nil)
        #expect(links.ticket(path: path, query: query.replacing("expires=", with: "expires=1"), at: time) == nil)
        #expect(CodeLinks().ticket(path: path, query: query, at: time) == nil)
        for query in ["", "expires=1", "signature=", "expires=x&signature=y", "&&==&"] {
            #expect(links.ticket(path: path, query: query, at: time) == nil)
        }
    }
}
