import ArgumentParser
import Console
import StackProtocol

/// Makes the configuration's buckets.
struct SeedBuckets: HomebaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "buckets", abstract: "Make the buckets of [storage.buckets], or update them.",
    usage: "homebase seed buckets")

  @OptionGroup(title: "Options of every command") var global: GlobalOptions
  @OptionGroup var target: LocalTarget

  func run(in session: Session) throws {
    let report = try session.connect().ask(SeedBucketsRequest())
    for warning in report.warnings ?? [] { session.output.warn(warning) }
    try session.output.show(report)
  }
}

extension SeedBucketsReport: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    guard !created.isEmpty || !updated.isEmpty else {
      return ["no buckets in the configuration: [storage.buckets.NAME] makes one"]
    }
    return created.map { "  \(visible($0))  new" } + updated.map { "  \(visible($0))" } + [
      "\(terminal.output.green("seeded")) \(spoken(created.count + updated.count, "bucket"))"
        + " in \(spoken(took.duration))"
    ]
  }
}
