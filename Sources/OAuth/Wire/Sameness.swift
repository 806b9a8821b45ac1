extension String {
    /// Whether both are the same bytes. `==` takes texts for equal that only look alike to Unicode (canonical equivalence):
    /// not what a name of a protocol, a key or an address may do.
    package func isSame(as other: String) -> Bool {
        // Through buffers: byte by byte through `UTF8View` takes five times as long.
        utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { theirs in
                mine.count == theirs.count && mine.indices.allSatisfy { mine[$0] == theirs[$0] }
            } ?? mine.elementsEqual(other.utf8)
        } ?? utf8.elementsEqual(other.utf8)
    }
}

extension [String] {
    /// Whether one of them is the same bytes as this; see ``Swift/String/isSame(as:)``.
    package func holds(_ text: String) -> Bool { contains { $0.isSame(as: text) } }
}
