// ProcessSupervision: a graph of child processes, from start in order to the last one's end.
//
// A compose file or the program names services (`ServiceDefinition`); `ServiceSupervisor` runs
// them as `SupervisionGraph`, a pure value, says; `ServiceLogs` keeps what they print. `runTool`
// runs a short program to its end. Start at `ServiceSupervisor.swift`.
// Never: a child made on any thread but the spawning one, a process left behind, a database known.
