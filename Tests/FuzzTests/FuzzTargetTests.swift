import FuzzTargets
import Testing

/// A short run of what `make fuzz` does for long: every target takes its seeds, and what small changes make of them.
@Suite struct FuzzTargetTests {
    private static let changes = 60
    private static let sizeLimit = 4096

    @Test(arguments: FuzzTarget.all.filter { !$0.isCanary }.map(\.name))
    func `a target takes its seeds and what becomes of them`(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        #expect(!target.seeds.isEmpty)
        var random = Random(state: name.utf8.reduce(1469598103934665603) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
        target.body([])
        for seed in target.seeds {
            target.body(seed)
            guard seed.count <= Self.sizeLimit else { continue }
            for _ in 0..<Self.changes / min(target.seeds.count, 12) { target.body(changed(seed, &random)) }
        }
    }

    @Test func `names tell targets apart`() {
        #expect(Set(FuzzTarget.all.map(\.name)).count == FuzzTarget.all.count)
    }

    /// A seed with a few bytes changed, left out, doubled or added.
    private func changed(_ seed: [UInt8], _ random: inout Random) -> [UInt8] {
        var bytes = seed
        for _ in 0...Int.random(in: 0..<4, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 0..<9, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where place < bytes.count: bytes[place] = .random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default: bytes.insert(.random(in: 0...255, using: &random), at: place)
            }
        }
        return bytes
    }

    /// The same numbers in every run (SplitMix64), so that what fails once fails again.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}
