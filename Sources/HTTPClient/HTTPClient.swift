// HTTPClient: requests to the world outside: what the database asks for, keys of other issuers.
//
// libcurl does it, loaded at the first request. Start at `HTTPTransport.send`.
// Never: another protocol than HTTP, a file of this machine, a thread a request.
