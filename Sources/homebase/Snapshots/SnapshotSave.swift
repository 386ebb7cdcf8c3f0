import ArgumentParser
import Console
import StackProtocol

/// Keeps the stack's state under a name.
struct SnapshotSave: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "save", abstract: "Keep the stack's state under a name.",
    usage: "homebase db snapshot save NAME")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @Argument(help: "Letters, digits, - and _.") var name: String

  func validate() throws { try checkSnapshotName(name) }

  func run(in session: Session) throws {
    let report = try session.connect().ask(SnapshotSaveRequest(snapshot: name))
    try session.output.show(SnapshotText(report: report, verb: .saved))
  }
}

/// Refuses names that would surprise in a shell or a list.
///
/// - Parameter name: As typed.
/// - Throws: A usage error.
func checkSnapshotName(_ name: String) throws {
  let isGood =
    (1...63).contains(name.utf8.count) && name.first != "-"
    && name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
  if !isGood {
    throw ValidationError(
      "a snapshot's name has 1 to 63 letters, digits, '-', '_' or '.', and begins with no '-'")
  }
}
