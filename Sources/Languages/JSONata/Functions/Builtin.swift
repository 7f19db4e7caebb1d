/// A function that the language has, by its name.
enum Builtin: String, CaseIterable {
    case string, substring, substringBefore, substringAfter, lowercase, uppercase, length, trim, pad, join
    case contains, match, replace, split
    case base64encode, base64decode, encodeUrl, encodeUrlComponent, decodeUrl, decodeUrlComponent
    case number, floor, ceil, round, abs, sqrt, power, random, formatNumber, formatBase, formatInteger, parseInteger
    case sum, max, min, average, count
    case boolean, not, exists, type, error, assert
    case append, reverse, shuffle, distinct, zip, sort
    case keys, lookup, spread, merge, clone
    case map, filter, single, reduce, each, sift
    case now, millis, toMillis, fromMillis
    case eval
    case partition, range, hash, uuid, parse
    /// `$random` with a seed, as Step Functions has it.
    case seededRandom = "random "

    /// What a function is about, which is the file that it is in.
    enum Theme {
        case texts, matching, encodings, numbers, aggregation, logic, arrays, objects, higherOrder, times, stepFunctions
    }

    private struct Specification {
        let theme: Theme
        let signature: Signature
        let arity: Int
    }

    var theme: Theme { Self.specification(self).theme }

    /// What arguments it takes.
    var signature: Signature { Self.specification(self).signature }

    /// How many arguments a higher-order function gives it.
    var arity: Int { Self.specification(self).arity }

    /// The function of a name.
    static func named(_ name: String, in dialect: Dialect) -> Builtin? {
        guard let builtin = Builtin(rawValue: name) else { return nil }
        switch (builtin, dialect) {
        case (.eval, .stepFunctions), (.seededRandom, _): return nil
        case (.random, .stepFunctions): return .seededRandom
        case (.partition, .standard), (.range, .standard), (.hash, .standard), (.uuid, .standard), (.parse, .standard):
            return nil
        default: return builtin
        }
    }

    private static func specification(_ builtin: Builtin) -> Specification {
        guard let specification = specifications[builtin] else {
            preconditionFailure("the function \(builtin.rawValue) has no signature")
        }
        return specification
    }

    private static let specifications: [Builtin: Specification] = {
        var specifications: [Builtin: Specification] = [:]
        for (theme, functions) in signatures {
            for (builtin, (text, arity)) in functions {
                do {
                    let signature = try Signature(parsing: text)
                    specifications[builtin] = Specification(theme: theme, signature: signature, arity: arity)
                } catch {
                    preconditionFailure("the signature of \(builtin.rawValue) is wrong")
                }
            }
        }
        return specifications
    }()

    private static let signatures: [Theme: [Builtin: (String, Int)]] = [
        .texts: [
            .string: ("<x-b?:s>", 1), .substring: ("<s-nn?:s>", 3), .substringBefore: ("<s-s:s>", 2),
            .substringAfter: ("<s-s:s>", 2), .lowercase: ("<s-:s>", 1), .uppercase: ("<s-:s>", 1),
            .length: ("<s-:n>", 1), .trim: ("<s-:s>", 1), .pad: ("<s-ns?:s>", 3), .join: ("<a<s>s?:s>", 2),
        ],
        .matching: [
            .contains: ("<s-(sf):b>", 2), .match: ("<s-f<s:o>n?:a<o>>", 3), .replace: ("<s-(sf)(sf)n?:s>", 4),
            .split: ("<s-(sf)n?:a<s>>", 3),
        ],
        .encodings: [
            .base64encode: ("<s-:s>", 1), .base64decode: ("<s-:s>", 1), .encodeUrl: ("<s-:s>", 1),
            .encodeUrlComponent: ("<s-:s>", 1), .decodeUrl: ("<s-:s>", 1), .decodeUrlComponent: ("<s-:s>", 1),
        ],
        .numbers: [
            .number: ("<(nsb)-:n>", 1), .floor: ("<n-:n>", 1), .ceil: ("<n-:n>", 1), .round: ("<n-n?:n>", 2),
            .abs: ("<n-:n>", 1), .sqrt: ("<n-:n>", 1), .power: ("<n-n:n>", 2), .random: ("<:n>", 0),
            .formatNumber: ("<n-so?:s>", 3), .formatBase: ("<n-n?:s>", 2), .formatInteger: ("<n-s:s>", 2),
            .parseInteger: ("<s-s:n>", 2),
        ],
        .aggregation: [
            .sum: ("<a<n>:n>", 1), .max: ("<a<n>:n>", 1), .min: ("<a<n>:n>", 1), .average: ("<a<n>:n>", 1),
            .count: ("<a:n>", 1),
        ],
        .logic: [
            .boolean: ("<x-:b>", 1), .not: ("<x-:b>", 1), .exists: ("<x:b>", 1), .type: ("<x:s>", 1),
            .error: ("<s?:x>", 1), .assert: ("<bs?:x>", 2), .eval: ("<sx?:x>", 2),
        ],
        .arrays: [
            .append: ("<xx:a>", 2), .reverse: ("<a:a>", 1), .shuffle: ("<a:a>", 1), .distinct: ("<x:x>", 1),
            .zip: ("<a+>", 0),
        ],
        .objects: [
            .keys: ("<x-:a<s>>", 1), .lookup: ("<x-s:x>", 2), .spread: ("<x-:a<o>>", 1), .merge: ("<a<o>:o>", 1),
            .clone: ("<(oa)-:o>", 1),
        ],
        .higherOrder: [
            .map: ("<af>", 2), .filter: ("<af>", 2), .single: ("<af?>", 2), .reduce: ("<afj?:j>", 3),
            .each: ("<o-f:a>", 2), .sift: ("<o-f?:o>", 2), .sort: ("<af?:a>", 2),
        ],
        .times: [
            .now: ("<s?s?:s>", 2), .millis: ("<:n>", 0), .toMillis: ("<s-s?:n>", 2),
            .fromMillis: ("<n-s?s?:s>", 3),
        ],
        .stepFunctions: [
            .partition: ("<an:a>", 2), .range: ("<nnn:a>", 3), .hash: ("<s-s:s>", 2), .uuid: ("<:s>", 0),
            .parse: ("<s-:x>", 1), .seededRandom: ("<n?:n>", 1),
        ],
    ]
}
