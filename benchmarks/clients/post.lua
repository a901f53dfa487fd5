-- For wrk: sends one request again and again (arguments: method, body) and tells its figures as a line of JSON.

function init(arguments)
    wrk.method = arguments[1]
    wrk.body = arguments[2]
end

function done(summary, latency)
    local errors = summary.errors
    io.stderr:write(string.format(
        '{"requests": %d, "microseconds": %d, "p99": %d, "failed": %d}\n',
        summary.requests,
        summary.duration,
        latency:percentile(99),
        errors.connect + errors.read + errors.write + errors.status + errors.timeout
    ))
end
