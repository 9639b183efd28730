-- The order of the repository's benchmarks, with its headers, for wrk.
local file = assert(io.open("../../benches/support/request.http", "rb"))
local text = file:read("*a")
file:close()

local head, body = text:match("^(.-)\r\n\r\n(.*)$")
wrk.method = "POST"
wrk.body = body
for name, value in head:gmatch("\r\n([^:]+): ([^\r]+)") do
    if name ~= "Content-Length" and name ~= "Host" then
        wrk.headers[name] = value
    end
end
