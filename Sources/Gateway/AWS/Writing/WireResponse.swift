/// An HTTP response as the codec writes it: all but the connection's own headers.
package struct WireResponse: Sendable {
    package var status: Int
    package var headers: WireHeaders
    package var body: [UInt8]
}
