/// A QR code (ISO/IEC 18004) of a short text: byte mode, error correction level M, versions 1 to 20.
///
/// Ours, because what it shows is a secret that must not be sent to somebody else's picture service, and a page
/// without scripts has to hold it.
struct QRCode {
    /// Modules along one side, without the quiet zone.
    let side: Int
    private let matrix: QRMatrix

    /// Nil for more than 666 bytes.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let version = QRVersion.smallest(for: bytes.count) else { return nil }
        side = version.side
        let codewords = version.interleaved(version.dataCodewords(of: bytes))
        let blank = QRMatrix(version)
        let masked = (0..<8).map { mask in blank.filled(with: codewords, mask: mask) }
        matrix = masked.min { $0.penalty < $1.penalty } ?? blank
    }

    func isDark(_ x: Int, _ y: Int) -> Bool { matrix[x, y] }

    /// Width of the picture: the quiet zone is four modules on every side (§6.3.8), or scanners find nothing.
    var pictureSide: Int { side + 8 }

    /// The dark modules as SVG path data, one run of a row at a time.
    var squares: String {
        var text = ""
        for y in 0..<side {
            var x = 0
            while x < side {
                let start = x
                while x < side, isDark(x, y) { x += 1 }
                if x > start { text += "M\(start + 4) \(y + 4)h\(x - start)v1h-\(x - start)z" } else { x += 1 }
            }
        }
        return text
    }
}
