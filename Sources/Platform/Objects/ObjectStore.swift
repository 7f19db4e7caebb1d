/// Where objects lie: bytes by key, in buckets, as S3 has them.
///
/// Whoever implements it decides by policies whether the caller may, as for a request from outside. What it gives is bounded by
/// whoever reads it.
package protocol ObjectStore: Sendable {
    /// The bytes of an object, piece by piece.
    func read(
        _ object: ObjectPlace, as caller: ObjectCaller
    ) async throws(ObjectFault) -> AsyncThrowingStream<[UInt8], any Error>

    /// A page of the objects of a bucket whose keys begin with `prefix`, in the order of their keys.
    func list(
        _ bucket: String, prefix: String, after token: String?, as caller: ObjectCaller
    ) async throws(ObjectFault) -> ObjectPage

    /// Writes an object as a whole, in the place of another one of its key.
    func write(_ bytes: [UInt8], to object: ObjectPlace, as caller: ObjectCaller) async throws(ObjectFault)
}
