import Console
import Glibc

/// The version of this program, as `--version` prints it and the supervisor greets with it.
let homebaseVersion = "0.1.0"

/// Whether the arguments ask for the program's version, and for nothing else.
///
/// Not an option of the root command: that would take `--version` away from `db reset --version V`.
///
/// - Parameter arguments: Without the program's name.
/// - Returns: True for `--version` before any command, global options left aside.
func asksForVersion(_ arguments: [String]) -> Bool {
  var rest = arguments[...]
  while let argument = rest.popFirst() {
    switch argument {
    case "--version": return true
    case "--workdir", "--stack", "--output-format": _ = rest.popFirst()
    case _ where argument.hasPrefix("--") && argument != "--": continue
    default: return false
    }
  }
  return false
}

/// Writes the version without making anything else: it is the shortest command there is.
///
/// - Parameter arguments: They say whether JSON is wanted.
func writeVersion(_ arguments: [String]) {
  let isJSON = requestedFormat(arguments, environment: [:]) == .json
  writeResult(isJSON ? "{\"version\":\"\(homebaseVersion)\"}\n" : homebaseVersion + "\n")
}
