import Foundation

/// One parser, what it is fed with first, and what must hold whatever it is fed with.
package struct FuzzTarget: Sendable {
    package let name: String
    package let seeds: [[UInt8]]
    /// Takes one input; a broken property ends the process.
    package let body: @Sendable ([UInt8]) -> Void

    /// Names a parser; `seeds` are inputs it accepts, or nearly so.
    init(_ name: String, seeds: [[UInt8]], _ body: @escaping @Sendable ([UInt8]) -> Void) {
        self.name = name
        self.seeds = seeds
        self.body = body
    }

    /// The same for a parser of text.
    init(_ name: String, texts: [String], _ body: @escaping @Sendable ([UInt8]) -> Void) {
        self.init(name, seeds: texts.map { Array($0.utf8) }, body)
    }

    /// Every target there is.
    package static let all: [FuzzTarget] =
        [canary] + core + accessPolicy + eventPattern + jsonata + jsonPath + scheduleExpression + statesLanguage
        + sandboxing + vault + egress + platform + logs + audit + wire + triggers + events + topics + workflows
        + signatures

    /// Crashes on purpose, behind three comparisons: what shows that crashes are found.
    private static let canary = FuzzTarget("canary", texts: ["swallow"]) { bytes in
        guard bytes.count > 2, bytes[0] == UInt8(ascii: "m"), bytes[1] == UInt8(ascii: "a") else { return }
        require(bytes[2] != UInt8(ascii: "r"), "the canary fell")
    }

    package var isCanary: Bool { name == "canary" }

    /// Writes the seeds to a folder, each under its place.
    package func writeSeeds(to folder: String) {
        for (place, seed) in seeds.enumerated() {
            let path = "\(folder)/seed-\(place)"
            guard FileManager.default.createFile(atPath: path, contents: Data(seed)) else {
                fatalError("\(path) cannot be written")
            }
        }
    }
}

/// Ends the process where a property does not hold; libFuzzer keeps the input.
func require(_ holds: Bool, _ what: String = "a property is broken", line: Int = #line) {
    guard holds else { fatalError("\(what), line \(line)") }
}

/// What `body` gives; `nil` where it refuses.
func accepted<Value, Failure: Error>(_ body: () throws(Failure) -> Value) -> Value? {
    // A refusal is as good an answer as any: only crashes and broken properties count.
    try? body()
}

extension [UInt8] {
    /// The bytes as text, repaired where they are not UTF-8.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// What comes before and behind the first of a byte.
    func halves(at separator: UInt8 = 0x0A) -> (first: [UInt8], second: [UInt8]) {
        guard let place = firstIndex(of: separator) else { return (self, []) }
        return (Array(self[..<place]), Array(self[(place + 1)...]))
    }
}
