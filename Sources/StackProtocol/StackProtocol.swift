// StackProtocol: what the supervisor may be asked, and what it answers, as plain values.
//
// A request is a `StackRequest`: its name on the wire, its arguments, and the type of its answer.
// The documents' keys are the ones of the command line's JSON: keys may be added, never renamed,
// and a member that came later is optional, so that both sides may be older than the other.
// Start at `StackRequest.swift` and `StackStatus.swift`. Never: logic, input or output.
