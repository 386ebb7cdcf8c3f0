// HTTPMessages: HTTP/1 as bytes: heads, bodies and what stands around them, for both sides.
//
// `MessageHead.swift` reads heads as places in their bytes, `KnownHeader.swift` says which headers
// are looked at by name, `MessageBody.swift` takes bodies out of their frames and puts them into
// one, `RequestTarget.swift` divides a request's target. Strict: what two parsers could read in two
// ways is refused. Nothing here waits or holds a socket.
// Never: a guess at what a sender meant; an allocation for a header that nobody asks for.
