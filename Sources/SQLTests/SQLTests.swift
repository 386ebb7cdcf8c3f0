// SQLTests: pgTAP files run as psql would run them, many at a time, each in a database of its own.
//
// psql script → statements → TAP → report. Start at `TestRunner.swift`; `PsqlScanner.swift` reads
// scripts, `PsqlInterpreter.swift` runs them, `TAPReader.swift` understands what they print.
// Never: a file that sees what another one left; a process of psql where none is needed.
