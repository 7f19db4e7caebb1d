/// How a request's path enters its signature.
package enum PathRule: Sendable {
    /// As it was sent: S3.
    case asSent
    /// Percent-encoded once more: every other service, as its clients sign it.
    case encoded
    /// Dot segments and double slashes removed, then percent-encoded: what the specification says beyond S3.
    ///
    /// The verifier does not use it, because the router sees the path as it was sent and both must mean the same.
    case normalized

    /// The rule of a service, by its signing name.
    package static func rule(for service: String) -> PathRule { service == "s3" ? .asSent : .encoded }

    /// Appends the canonical form of a path.
    func append(_ path: Span<UInt8>, to bytes: inout [UInt8]) {
        guard !path.isEmpty else { return bytes.append(UInt8(ascii: "/")) }
        switch self {
        case .asSent: bytes.append(path)
        case .encoded: Self.encode(path, to: &bytes)
        case .normalized:
            let normal = Self.removingDots(path)
            Self.encode(normal.span, to: &bytes)
        }
    }

    private static func encode(_ path: Span<UInt8>, to bytes: inout [UInt8]) {
        var run = 0
        for index in 0..<path.count where !ASCII.isUnreserved(path[index]) && path[index] != UInt8(ascii: "/") {
            bytes.append(path.extracting(run..<index))
            ASCII.appendEscaped(path[index], to: &bytes)
            run = index + 1
        }
        bytes.append(path.extracting(run..<path.count))
    }

    /// RFC 3986, section 5.2.4, and runs of slashes become one.
    private static func removingDots(_ path: Span<UInt8>) -> [UInt8] {
        var segments: [[UInt8]] = []
        var segment: [UInt8] = []
        var endsInside = false
        for index in 0...path.count {
            guard index == path.count || path[index] == UInt8(ascii: "/") else {
                segment.append(path[index])
                continue
            }
            endsInside = !segment.isEmpty && segment != Array(".".utf8) && segment != Array("..".utf8)
            if endsInside {
                segments.append(segment)
            } else if segment == Array("..".utf8), !segments.isEmpty {
                segments.removeLast()
            }
            segment = []
        }
        let joined = segments.reduce(into: [UInt8]()) { $0 += [UInt8(ascii: "/")] + $1 }
        return endsInside ? joined : joined + [UInt8(ascii: "/")]
    }
}
