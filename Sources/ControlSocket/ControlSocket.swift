// ControlSocket: how commands reach the supervisor: JSON, a line at a time, over a unix socket.
//
// The wire, version 1. The server greets with one line, then every request gets its progress
// lines and one last line, in any order between requests:
//
//   server  {"protocol":1,"version":"0.1.0","pid":4711}
//   client  {"id":1,"command":"reset","arguments":{"seeds":true}}
//   server  {"id":1,"progress":{"step":"swap","message":"putting the spare in place"}}
//   server  {"id":1,"result":{…}}   or   {"id":1,"error":{"code":"…","message":"…"}}
//
// Start at `ControlServer.swift` (in the supervisor) and `ControlClient.swift` (in a command).
// Never: a thread of the Swift pool that waits for a client, memory that grows with a client that
// does not read, a request that goes on after its client has gone. Knows no project.
