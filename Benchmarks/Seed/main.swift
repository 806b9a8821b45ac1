import Foundation
import OAuth
import Storage

// gatewright-bench seed --data DIR --tokens N --codes N --families N --connections N --expiring N
// gatewright-bench crowd --data DIR --tokens N --grants N --events N
//
// DIR is a data folder in which a demo was started and stopped before. `seed` adds what `make bench` spends and writes
// DIR/bench.json with it; `crowd` adds what a large tenant has, and writes DIR/crowd.json. Only for benchmarks: the
// secrets stand there in clear.

let options: Options
do {
    options = try Options(Array(CommandLine.arguments.dropFirst()))
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(2)
}

let engine = try SQLiteEngine(path: options.data + "/gatewright.sqlite")
let keyring = try Keyring(KeyFile.read(options.data + "/keys/master.key"))
let demoFile = URL(fileURLWithPath: options.data + "/demo.json")
let demo = try JSONDecoder().decode(Demo.self, from: Data(contentsOf: demoFile))
let shelf = Shelf(
    cast: try Cast(demo, in: engine), engine: engine, keyring: keyring, now: Instant(seconds: Int64(time(nil))))
switch options.work {
case .seed(let tokens, let codes, let families, let connections, let expiring):
    let stock = try await Stock.lay(
        on: shelf, demo: demo, tokens: tokens, codes: codes, families: families, connections: connections,
        expiring: expiring)
    try JSONEncoder().encode(stock).write(to: URL(fileURLWithPath: options.data + "/bench.json"))
case .crowd(let tokens, let grants, let events):
    let crowd = try await Crowd.gather(on: shelf, tokens: tokens, grants: grants, events: events)
    try JSONEncoder().encode(crowd).write(to: URL(fileURLWithPath: options.data + "/crowd.json"))
}
engine.close()

struct Options {
    enum Work {
        case seed(tokens: Int, codes: Int, families: Int, connections: Int, expiring: Int)
        case crowd(tokens: Int, grants: Int, events: Int)
    }

    let data: String
    let work: Work

    struct Wrong: Error, CustomStringConvertible {
        let description = """
            usage: gatewright-bench seed --data DIR --tokens N --codes N --families N --connections N --expiring N
                   gatewright-bench crowd --data DIR --tokens N --grants N --events N
            """
    }

    init(_ words: [String]) throws {
        func value(of name: String) throws -> String {
            guard let place = words.firstIndex(of: name), words.indices.contains(place + 1) else { throw Wrong() }
            return words[place + 1]
        }
        func number(_ name: String) throws -> Int {
            guard let number = Int(try value(of: name)), number >= 0 else { throw Wrong() }
            return number
        }
        data = try value(of: "--data")
        switch words.first {
        case "seed":
            work = .seed(
                tokens: try number("--tokens"), codes: try number("--codes"), families: try number("--families"),
                connections: try number("--connections"), expiring: try number("--expiring"))
        case "crowd":
            work = .crowd(
                tokens: try number("--tokens"), grants: try number("--grants"), events: try number("--events"))
        default: throw Wrong()
        }
    }
}

/// The parts of the demo's `demo.json` that a benchmark needs.
struct Demo: Decodable {
    struct App: Decodable {
        let client_id: String
        let client_secret: String
        let callback: String
    }
    let app: App
    let authorize_url: String
    let code_verifier: String

    /// The challenge that belongs to `code_verifier`.
    var challenge: String? {
        URLComponents(string: authorize_url)?.queryItems?.first { $0.name == "code_challenge" }?.value
    }

    /// Path and query, to be asked of whichever port the measured server has.
    var consentPath: String? {
        URLComponents(string: authorize_url).map { $0.percentEncodedPath + "?" + ($0.percentEncodedQuery ?? "") }
    }
}
