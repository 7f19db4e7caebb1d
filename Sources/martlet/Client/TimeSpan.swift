import ArgumentParser

/// A length of time as people write it: `30s`, `10m`, `2h`, `1d`.
struct TimeSpan: ExpressibleByArgument, Equatable {
    let milliseconds: Int64

    /// Takes a length.
    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Takes a whole number and a unit.
    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = argument.last, let unit = units[last], let count = Int64(argument.dropLast()),
            count >= 0, count <= 100_000_000
        else { return nil }
        milliseconds = count * unit * 1000
    }

    var defaultValueDescription: String { "\(milliseconds / 60_000)m" }
}
