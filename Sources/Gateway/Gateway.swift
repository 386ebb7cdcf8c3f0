// Gateway: the one HTTP door: routes, keys and stacks in front of services on unix sockets.
//
// `GatewayConfiguration.swift` is what it is told, `RouteTable.swift` and `KeyTranslation.swift`
// decide (pure), `ClientConnection.swift` and `UpstreamConnection.swift` carry one request at a time,
// `GatewayServer.swift` is where to start, `GatewayControl.swift` what a supervisor tells it. All state of a connection belongs to one event loop.
// `TLSHandler.swift` ends TLS before a client's connection.
// Never: a body gathered in memory; a request that two parsers could read in two ways; a header of
// ours that a client wrote; a key in a log line.
