// homebase: the executable: one file a command; arguments in, one call, output out; no logic.
//
// `CommandLine/` reads arguments and ends with an exit code, `Connection/` reaches the supervisor,
// `Text/` shows its documents to people, `Rooms.swift` is where the other modules are put in, and
// every other folder is a noun of the command line with a file for each verb.
// Never: work done here that the supervisor or a module below should do.
import Console
import DatabaseWorkers
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

// A session of the database waits for it: nothing else is looked at.
if arguments.first == "http-call", arguments.count == 2 {
  Task {
    writeAll(await HTTPCall.answer(arguments[1]) + "\n", to: STDOUT_FILENO)
    exit(0)
  }
  dispatchMain()
}

let process = ProcessContext.current()
switch run(arguments, in: process) {
case .ended(let code):
  exit(code)
case .continues(let work):
  Task { exit(await work()) }
  dispatchMain()
}
