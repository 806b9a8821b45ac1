/// How much a QR code of one size holds and how its codewords are laid out (ISO/IEC 18004 §7.4 to §7.6), at level M.
struct QRVersion {
    /// 1 to 20.
    let number: Int

    /// Table 9: error correction codewords of a block, and blocks.
    private static let correction = [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
    ]
    private static let blocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16]

    static func smallest(for bytes: Int) -> QRVersion? {
        (1...20).lazy.map { QRVersion(number: $0) }.first { version in
            4 + version.countBits + 8 * bytes <= 8 * version.dataCount
        }
    }

    var side: Int { 17 + 4 * number }

    /// Centres of the alignment patterns along one axis (Annex E).
    var alignment: [Int] {
        guard number > 1 else { return [] }
        let count = number / 7 + 2
        let step = (number * 4 + count * 2 + 1) / (count * 2 - 2) * 2
        return [6] + (0..<(count - 1)).map { side - 7 - $0 * step }.reversed()
    }

    private var countBits: Int { number < 10 ? 8 : 16 }

    /// Codewords that fit beside the function patterns.
    private var rawCount: Int {
        var bits = (16 * number + 128) * number + 64
        if number > 1 {
            let count = number / 7 + 2
            bits -= (25 * count - 10) * count - 55
            if number > 6 { bits -= 36 }
        }
        return bits / 8
    }

    private var blockCount: Int { Self.blocks[number - 1] }
    private var correctionCount: Int { Self.correction[number - 1] }
    private var dataCount: Int { rawCount - correctionCount * blockCount }

    /// Mode, count, bytes, terminator and padding (§7.4).
    func dataCodewords(of bytes: [UInt8]) -> [UInt8] {
        var bits: [Bool] = []
        func add(_ value: Int, _ width: Int) {
            for shift in (0..<width).reversed() { bits.append(value >> shift & 1 == 1) }
        }
        add(0b0100, 4)
        add(bytes.count, countBits)
        for byte in bytes { add(Int(byte), 8) }
        add(0, min(4, dataCount * 8 - bits.count))
        while !bits.count.isMultiple(of: 8) { bits.append(false) }
        var codewords = stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<(start + 8)].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        var padding: UInt8 = 0xEC
        while codewords.count < dataCount {
            codewords.append(padding)
            padding = padding == 0xEC ? 0x11 : 0xEC
        }
        return codewords
    }

    /// Blocks with their error correction, taken in turns (§7.6).
    func interleaved(_ data: [UInt8]) -> [UInt8] {
        let short = dataCount / blockCount
        let longBlocks = dataCount % blockCount
        var rest = data[...]
        let blocks = (0..<blockCount).map { index in
            let length = index < blockCount - longBlocks ? short : short + 1
            defer { rest = rest.dropFirst(length) }
            return Array(rest.prefix(length))
        }
        let corrections = blocks.map { ReedSolomon.remainder(of: $0, count: correctionCount) }
        var result: [UInt8] = []
        for index in 0...short {
            for block in blocks where index < block.count { result.append(block[index]) }
        }
        for index in 0..<correctionCount {
            for correction in corrections { result.append(correction[index]) }
        }
        return result
    }
}

/// Error correction over GF(2⁸) with 0x11D (ISO/IEC 18004 §7.5.2).
enum ReedSolomon {
    static func remainder(of data: [UInt8], count: Int) -> [UInt8] {
        let divisor = generator(count)
        var result = [UInt8](repeating: 0, count: count)
        for byte in data {
            let factor = byte ^ result.removeFirst()
            result.append(0)
            for index in 0..<count { result[index] ^= product(divisor[index], factor) }
        }
        return result
    }

    /// The product of (x − 2ⁱ), without its leading 1.
    private static func generator(_ count: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        result[count - 1] = 1
        var root: UInt8 = 1
        for _ in 0..<count {
            for index in 0..<count {
                result[index] = product(result[index], root)
                if index + 1 < count { result[index] ^= result[index + 1] }
            }
            root = product(root, 2)
        }
        return result
    }

    private static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var (result, a, b) = (UInt8(0), a, b)
        while b > 0 {
            if b & 1 == 1 { result ^= a }
            a = a & 0x80 == 0 ? a << 1 : a << 1 ^ 0x1D
            b >>= 1
        }
        return result
    }
}
