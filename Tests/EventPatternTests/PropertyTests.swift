import Core
import Foundation
import Testing

@testable import EventPattern

/// Rules together must match what each matches alone, tried on many made by chance.
struct PropertyTests {
    private static let seeds = ProcessInfo.processInfo.environment["MARTLET_SEEDS"].flatMap(Int.init) ?? 15

    @Test func `many rules match what each of them matches alone, also after some were removed`() throws {
        var (asked, matched) = (0, 0)
        for seed in 0..<Self.seeds {
            var random = RandomRules(seed: UInt64(seed))
            var patterns: [Int: EventPattern] = [:]
            var rules = RuleSet<Int>()
            var scratch = MatchScratch()
            for name in 0..<60 {
                guard let pattern = try? EventPattern(parsing: random.pattern()) else { continue }
                patterns[name] = pattern
                rules.add(pattern, as: name)
            }
            for round in 0..<60 {
                if round % 4 == 3, let name = patterns.keys.sorted().first(where: { _ in random.below(8) == 0 }) {
                    patterns[name] = nil
                    let removed = [rules.remove(name), rules.remove(name)]
                    #expect(removed == [true, false])
                }
                let event = random.event()
                let naive = NaiveMatcher(try JSON(parsing: event))
                let expected = patterns.filter { naive.matches($0.value) }.keys.sorted()
                let found = try rules.names(matching: Array(event.utf8), using: &scratch)
                #expect(found == expected, "seed \(seed), \(event)")
                if found != expected { return }
                asked += patterns.count
                matched += found.count
            }
        }
        print("\(matched) of \(asked) pairs of rule and event matched")
        #expect(matched > asked / 100)
    }

    @Test func `values of several array elements are mixed as little as each rule alone mixes them`() throws {
        var (asked, matched) = (0, 0)
        for seed in 0..<(Self.seeds * 4) {
            var random = RandomRules(seed: UInt64(seed))
            let patterns = try (0..<20).map { _ in try EventPattern(parsing: random.arrayPattern()) }
            var rules = RuleSet<Int>()
            for (name, pattern) in patterns.enumerated() { rules.add(pattern, as: name) }
            for _ in 0..<20 {
                let event = random.arrayEvent()
                let naive = NaiveMatcher(try JSON(parsing: event))
                let expected = patterns.indices.filter { naive.matches(patterns[$0]) }
                let found = try rules.names(matching: Array(event.utf8))
                #expect(found == expected, "seed \(seed), \(event)")
                asked += patterns.count
                matched += found.count
            }
        }
        print("\(matched) of \(asked) pairs of rule and event with arrays matched")
        #expect(matched > asked / 20)
    }
}
