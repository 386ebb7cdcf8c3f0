// PostgresClient: libpq made asynchronous: connections, pool, pipeline, COPY, notifications.
//
// PostgresConnection (what others call) → Session (one connection's state behind one lock)
// → Operation (one call's talk with the server) → libpq. A call sends on its own thread; the one
// EventLoop thread of the process reads all answers. Start at `PostgresConnection.swift`, then
// `Session.swift`.
// Never: a thread blocked for a query, a connection used by two calls at one time, a cancel
// request that hits another call than its own. Knows no cluster, no migration, no service.
