-- serve.lua: what wrk asks siamese serve: the queries of a file in turn; then one
-- line: requests/s, median and p99 in microseconds, requests that failed.
-- bench/serve.sh calls it.
--   wrk -s serve.lua URL -- QUERIES K

local queries, k, at = {}, 10, 0

local function encoded(text)
    return (text:gsub("[^%w]", function(c)
        return string.format("%%%02X", c:byte())
    end))
end

function init(args)
    for line in io.lines(args[1]) do
        queries[#queries + 1] = encoded(line)
    end
    k = args[2]
end

function request()
    at = at % #queries + 1
    return wrk.format("GET", "/search?k=" .. k .. "&q=" .. queries[at])
end

function done(summary, latency)
    local e = summary.errors
    print(string.format("%d requests: %.0f a second, %.0f us median, %.0f us p99, %d failed",
        summary.requests, summary.requests / summary.duration * 1e6,
        latency:percentile(50), latency:percentile(99),
        e.connect + e.read + e.write + e.status + e.timeout))
end
