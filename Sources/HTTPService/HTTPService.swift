// HTTPService: an HTTP/1.1 server for one service, on a unix socket or on loopback.
//
// `HTTPRequest.swift`, `HTTPRequestBody.swift` and `HTTPResponse.swift` are what a responder gets and
// gives, `HTTPServer.swift` is where to start. A request is one task that runs on its connection's
// event loop; it is cancelled when its client has gone.
// Never: a body gathered that nobody asked to gather; an answer that overtakes an earlier one; a
// second request begun on a connection whose bytes can be read in two ways.
