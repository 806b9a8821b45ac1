-- wrk's side of a measurement. Every request is built before the clock starts and each is sent once, so that a code or
-- a refresh token is never presented twice.  wrk … -s load.lua URL -- STEM
-- STEM.0, STEM.1, … hold the requests of one thread each, as lines: method, path, number of headers, the headers as
-- "Name: value", body (one line, may be empty).

local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(args)
    requests, position = {}, 0
    local file = assert(io.open(args[1] .. "." .. number))
    while true do
        local method = file:read()
        if not method then break end
        local path, headers = file:read(), {}
        for _ = 1, tonumber(file:read()) do
            local name, value = file:read():match("^([^:]+): (.*)$")
            headers[name] = value
        end
        local body = file:read()
        requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
    end
    file:close()
end

function request()
    -- Past the end the first comes again: reads may repeat, and a repeated code is refused and counted as a failure.
    position = position % #requests + 1
    return requests[position]
end

function done(summary, latency, _)
    local failed = summary.errors.status + summary.errors.connect + summary.errors.read
        + summary.errors.write + summary.errors.timeout
    io.write(string.format('\n{"requests": %d, "failed": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f}\n',
        summary.requests, failed, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
