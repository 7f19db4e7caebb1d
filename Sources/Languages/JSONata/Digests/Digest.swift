/// The digests that `$hash` knows, by the names that Step Functions has for them.
///
/// They name data and protect nothing here: keys and signatures are the vault's, with a library's ciphers.
enum Digest: String {
    case md5 = "MD5"
    case sha1 = "SHA-1"
    case sha256 = "SHA-256"
    case sha384 = "SHA-384"
    case sha512 = "SHA-512"

    /// The digest of a message, in lower-case digits.
    func hexadecimal(of message: [UInt8]) -> String {
        let bytes: [UInt8] =
            switch self {
            case .md5: Self.md5(message)
            case .sha1: Self.sha1(message)
            case .sha256: Self.sha256(message)
            case .sha384: Array(Self.sha512(message, DigestConstants.furtherSquareRoots).prefix(48))
            case .sha512: Self.sha512(message, DigestConstants.squareRoots)
            }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The message with a bit set behind it, filled up with zeros and its length in bits.
    private static func padded(_ message: [UInt8], block: Int, isLittle: Bool = false) -> [UInt8] {
        let length = block / 8
        var padded = message + [0x80]
        padded += Array(repeating: 0, count: (2 * block - length - padded.count % block) % block + length - 8)
        let bits = UInt64(message.count) &* 8
        for place in 0..<8 {
            let shift = UInt64(8 * (isLittle ? place : 7 - place))
            padded.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
        return padded
    }

    private static func words<Word: FixedWidthInteger>(
        _ bytes: [UInt8], from start: Int, count: Int, isLittle: Bool = false
    ) -> [Word] {
        let width = Word.bitWidth / 8
        return (0..<count).map { index in
            (0..<width).reduce(Word(0)) { word, place in
                let offset = isLittle ? width - 1 - place : place
                return word << 8 | Word(truncatingIfNeeded: bytes[start + index * width + offset])
            }
        }
    }

    private static func bytes<Word: FixedWidthInteger>(_ words: [Word], isLittle: Bool = false) -> [UInt8] {
        words.flatMap { word in
            let width = Word.bitWidth / 8
            return (0..<width).map { UInt8(truncatingIfNeeded: word >> Word(8 * (isLittle ? $0 : width - 1 - $0))) }
        }
    }

    private static func left(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }

    private static func right<Word: FixedWidthInteger>(_ word: Word, _ count: Int) -> Word {
        word >> Word(count) | word << Word(Word.bitWidth - count)
    }

    private static func md5(_ message: [UInt8]) -> [UInt8] {
        let turns: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        let padded = padded(message, block: 64, isLittle: true)
        for start in stride(from: 0, to: padded.count, by: 64) {
            let block: [UInt32] = words(padded, from: start, count: 16, isLittle: true)
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            for round in 0..<64 {
                let mixed: UInt32
                let word: Int
                switch round / 16 {
                case 0: (mixed, word) = (b & c | ~b & d, round)
                case 1: (mixed, word) = (d & b | ~d & c, (5 * round + 1) % 16)
                case 2: (mixed, word) = (b ^ c ^ d, (3 * round + 5) % 16)
                default: (mixed, word) = (c ^ (b | ~d), 7 * round % 16)
                }
                let sum = a &+ mixed &+ DigestConstants.sines[round] &+ block[word]
                (a, d, c, b) = (d, c, b, b &+ left(sum, turns[round / 16][round % 4]))
            }
            state = zip(state, [a, b, c, d]).map { $0 &+ $1 }
        }
        return bytes(state, isLittle: true)
    }

    private static func sha1(_ message: [UInt8]) -> [UInt8] {
        let constants: [UInt32] = [0x5A82_7999, 0x6ED9_EBA1, 0x8F1B_BCDC, 0xCA62_C1D6]
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        let padded = padded(message, block: 64)
        for start in stride(from: 0, to: padded.count, by: 64) {
            var schedule: [UInt32] = words(padded, from: start, count: 16)
            for place in 16..<80 {
                schedule.append(
                    left(schedule[place - 3] ^ schedule[place - 8] ^ schedule[place - 14] ^ schedule[place - 16], 1))
            }
            var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
            for round in 0..<80 {
                let mixed: UInt32
                switch round / 20 {
                case 0: mixed = b & c | ~b & d
                case 2: mixed = b & c | b & d | c & d
                default: mixed = b ^ c ^ d
                }
                let sum = left(a, 5) &+ mixed &+ e &+ constants[round / 20] &+ schedule[round]
                (e, d, c, b, a) = (d, c, left(b, 30), a, sum)
            }
            state = zip(state, [a, b, c, d, e]).map { $0 &+ $1 }
        }
        return bytes(state)
    }

    private static func sha256(_ message: [UInt8]) -> [UInt8] {
        let constants = DigestConstants.cubeRoots.prefix(64).map { UInt32($0 >> 32) }
        let start = DigestConstants.squareRoots.map { UInt32($0 >> 32) }
        return bytes(
            sha2(
                padded(message, block: 64), start, constants, (7, 18, 3), (17, 19, 10), (6, 11, 25), (2, 13, 22)))
    }

    private static func sha512(_ message: [UInt8], _ start: [UInt64]) -> [UInt8] {
        bytes(
            sha2(
                padded(message, block: 128), start, DigestConstants.cubeRoots, (1, 8, 7), (19, 61, 6), (14, 18, 41),
                (28, 34, 39)))
    }

    private static func sha2<Word: FixedWidthInteger>(
        _ padded: [UInt8], _ start: [Word], _ constants: [Word], _ low: (Int, Int, Int), _ high: (Int, Int, Int),
        _ first: (Int, Int, Int), _ second: (Int, Int, Int)
    ) -> [Word] {
        var state = start
        for block in stride(from: 0, to: padded.count, by: 2 * Word.bitWidth) {
            var schedule: [Word] = words(padded, from: block, count: 16)
            for place in 16..<constants.count {
                let (early, late) = (schedule[place - 15], schedule[place - 2])
                let lowMix = right(early, low.0) ^ right(early, low.1) ^ early >> Word(low.2)
                let highMix = right(late, high.0) ^ right(late, high.1) ^ late >> Word(high.2)
                schedule.append(schedule[place - 16] &+ lowMix &+ schedule[place - 7] &+ highMix)
            }
            var work = state
            for (constant, word) in zip(constants, schedule) {
                let (a, b, c, e, f, g) = (work[0], work[1], work[2], work[4], work[5], work[6])
                let choice = e & f ^ ~e & g
                let firstMix = right(e, first.0) ^ right(e, first.1) ^ right(e, first.2)
                let one = work[7] &+ firstMix &+ choice &+ constant &+ word
                let secondMix = right(a, second.0) ^ right(a, second.1) ^ right(a, second.2)
                let two = secondMix &+ (a & b ^ a & c ^ b & c)
                work = [one &+ two, a, b, c, work[3] &+ one, e, f, g]
            }
            state = zip(state, work).map { $0 &+ $1 }
        }
        return state
    }
}
