// StackRuntime: puts a project's stack together, keeps it running, answers the control socket.
//
// `Daemon.swift` is where the supervisor's process begins; `Stack.swift` starts and stops;
// `StackCommands.swift` says what each request does. `ProjectContext.swift` is what it knows of the
// project. Never: a request that leaves the stack half started, or a secret in a log.
