// homebase: the executable: one file a command; arguments in, one call, output out; no logic.
//
// `CommandLine/` reads arguments and ends with an exit code, `Connection/` reaches the supervisor,
// `Text/` shows its documents to people, `Rooms.swift` is where the other modules are put in, and
// every other folder is a noun of the command line with a file for each verb.
// Never: work done here that the supervisor or a module below should do.
import Dispatch
import FoundationEssentials
import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())

// Before all else, while there is one thread: the supervisor's guardian must be forked here.
if arguments.first == "supervise" { becomeGuarded() }

if asksForVersion(arguments) {
  writeVersion(arguments)
  exit(0)
}

let process = ProcessContext.current()
switch run(arguments, in: process) {
case .ended(let code):
  exit(code)
case .continues(let work):
  Task { exit(await work()) }
  dispatchMain()
}
