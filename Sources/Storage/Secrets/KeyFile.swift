import Crypto
import Foundation

/// The file that holds the master keys, one a line, `<id> <key>`, both hexadecimal; the first is the active one, the
/// others only open what they once sealed. Lines that start with `#` are remarks.
package enum KeyFile {
    /// Reads the keys. Throws `KeyError` when the file is absent, readable by others or not a key file.
    package static func read(_ path: String) throws -> [MasterKey] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? KeyError.absent(path) : KeyError.unreadable(path, lastSystemError())
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // The mode of what was opened, not of what the path names by now.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw KeyError.unreadable(path, lastSystemError()) }
        guard status.st_mode & 0o077 == 0, [geteuid(), 0].contains(status.st_uid) else {
            throw KeyError.readableByOthers(path)
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size < 65_536, let data = try file.readToEnd() else {
            throw KeyError.malformed(path)
        }
        return try parse(data, path: path)
    }

    /// Writes a new key file, mode 0400, and its folder (0700) when that is absent; never over an existing file.
    /// Durable before it returns: what is sealed under a lost key is lost.
    package static func create(_ path: String, holding key: MasterKey) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try write([key], beside: path) { draft in
            guard link(draft, path) == 0 else { throw KeyError.unreadable(path, lastSystemError()) }
        }
    }

    /// Writes the file anew, for its owner as before. Whoever reads it meanwhile finds the old one or the new one.
    package static func replace(_ path: String, holding keys: [MasterKey]) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw KeyError.absent(path) }
        try write(keys, beside: path) { draft in
            // Made by root for a server that is somebody else, it must stay that server's.
            guard chown(draft, status.st_uid, status.st_gid) == 0 else {
                throw KeyError.unreadable(draft, lastSystemError())
            }
            guard rename(draft, path) == 0 else { throw KeyError.unreadable(path, lastSystemError()) }
        }
    }

    /// Under another name first: a crash half-way must not leave a key file that is not one.
    private static func write(_ keys: [MasterKey], beside path: String, _ place: (String) throws -> Void) throws {
        let draft = path + ".new"
        unlink(draft)
        defer { unlink(draft) }
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o400)
        guard descriptor >= 0 else { throw KeyError.unreadable(draft, lastSystemError()) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard fchmod(descriptor, 0o400) == 0 else { throw KeyError.unreadable(draft, lastSystemError()) }
        try file.write(contentsOf: Data(text(of: keys).utf8))
        try file.synchronize()
        try place(draft)
        syncFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    /// Reads the keys, making the file at the first start: when it is absent and `isFirstStart` says that nothing
    /// in the database was made under a key (`KeyCheck.hasRun`). A database with keys and no file is refused.
    package static func readOrCreate(
        _ path: String, isFirstStart: Bool, using random: inout some RandomNumberGenerator
    ) throws -> [MasterKey] {
        do {
            return try read(path)
        } catch KeyError.absent where isFirstStart {
            try create(path, holding: .random(using: &random))
            return try read(path)
        }
    }

    private static func text(of keys: [MasterKey]) -> String {
        """
        # Gatewright's master key. Keep a copy apart from the backups: without it nothing that was sealed opens,
        # and every token, secret and session ends. The first line seals, the others only open what they once sealed.

        """ + keys.map { key in "\(key.id) \(key.key.withUnsafeBytes { HexText.text($0) })\n" }.joined()
    }

    private static func parse(_ data: Data, path: String) throws -> [MasterKey] {
        let lines = data.split(separator: UInt8(ascii: "\n")).filter { $0.first != UInt8(ascii: "#") }
        let keys = try lines.map { line in
            let words = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            guard words.count == 2,
                let id = KeyID(text: String(decoding: words[0], as: UTF8.self)),
                let key = HexText.bytes(String(decoding: words[1], as: UTF8.self)), key.count == 32
            else { throw KeyError.malformed(path) }
            return MasterKey(id: id, key: SymmetricKey(data: key))
        }
        guard !keys.isEmpty, Set(keys.map(\.id)).count == keys.count else { throw KeyError.malformed(path) }
        return keys
    }

    private static func syncFolder(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// Why the server must not start with this key file, or a sealed value does not open. Never holds key bytes.
package enum KeyError: Error, Equatable, Sendable {
    case absent(String)
    case unreadable(String, String)
    case readableByOthers(String)
    case malformed(String)
    /// The database was used with a key that is not in the file.
    case missing(KeyID)
    /// The file has a key of that name, but with other bytes.
    case wrong(KeyID)
    /// The sealed value was changed, moved to another place, or is not one.
    case sealed
}

extension KeyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .absent(let path):
            "there is no key file at \(path), but the database was used with one; put it back (GATEWRIGHT_KEY_FILE)"
        case .unreadable(let path, let why): "the key file \(path) cannot be used: \(why)"
        case .readableByOthers(let path):
            "the key file \(path) is readable by others or not ours; run: chmod 0400 \(path)"
        case .malformed(let path): "the key file \(path) is not one: each line is 16 hex digits, a space, 64 hex digits"
        case .missing(let id): "this database expects the master key \(id), which is not in the key file"
        case .wrong(let id): "the key file's key \(id) is not the one this database was used with"
        case .sealed: "a sealed value does not open: it was changed or moved, or its key is gone"
        }
    }
}
