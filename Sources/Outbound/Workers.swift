import Dispatch
import Foundation
import Synchronization

/// Threads for calls that block, made when they are wanted and kept for a while. Dispatch would do, but it adds threads
/// slowly where others wait: two hundred calls at once would take minutes to begin.
final class Workers: Sendable {
    typealias Job = @Sendable () -> Void

    private final class Worker: Sendable {
        let wake = DispatchSemaphore(value: 0)
        let job: Mutex<Job?>

        init(_ job: @escaping Job) { self.job = Mutex(job) }
    }

    private let idle = Mutex<[Worker]>([])

    func run(_ job: @escaping Job) {
        if let worker = idle.withLock({ $0.popLast() }) {
            worker.job.withLock { $0 = job }
            worker.wake.signal()
            return
        }
        let worker = Worker(job)
        Thread.detachNewThread { self.work(worker) }
    }

    private func work(_ worker: Worker) {
        while let job = worker.job.withLock({ job -> Job? in
            defer { job = nil }
            return job
        }) {
            job()
            idle.withLock { $0.append(worker) }
            guard worker.wake.wait(timeout: .now() + 10) == .timedOut else { continue }
            let isUnwanted = idle.withLock { idle in
                guard let index = idle.firstIndex(where: { $0 === worker }) else { return false }
                idle.remove(at: index)
                return true
            }
            if isUnwanted { return }
            // Somebody took it at this very moment; the signal is on its way.
            worker.wake.wait()
        }
    }
}
