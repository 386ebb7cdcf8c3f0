import Console
import Diagnostics
import StackProtocol

extension [Diagnostic] {
  /// Where the configuration passes migrations over; nil when it does not.
  fileprivate var migrationsAreOff: String? {
    first { $0.code == "migrations_disabled" }.map { visible($0.message) }
  }
}

extension MigrationList: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    let palette = terminal.output
    guard !migrations.isEmpty else {
      if let off = warnings?.migrationsAreOff { return ["no migrations: \(off)"] }
      return ["no migrations yet · make one with: homebase migration new NAME"]
    }
    var table = Table([.init("version"), .init("local"), .init("applied"), .init("name")])
    for entry in migrations {
      let applied =
        switch entry.isApplied {
        case true?: entry.content == .changed ? palette.yellow("changed") : palette.green("yes")
        case false? where entry.renumberedFrom != nil: palette.yellow("renumbered")
        case false?: palette.yellow("pending")
        case nil: palette.dim("?")
        }
      table.rows.append([
        entry.version, entry.isLocal ? "yes" : palette.red("missing"), applied,
        visible(entry.name),
      ])
    }
    var lines = table.lines(width: terminal.width, palette: palette)
    let pending = migrations.count {
      $0.isApplied == false && $0.isLocal && $0.renumberedFrom == nil
    }
    let changed = migrations.count { $0.content == .changed }
    let missing = migrations.count { !$0.isLocal }
    if pending > 0 { lines.append("\(pending) pending · apply with: homebase migration up") }
    if changed > 0 {
      lines.append("\(changed) changed since applied · take them with: homebase db reset")
    }
    if missing > 0 {
      lines.append(
        "\(missing) applied without a file · homebase migration repair VERSION --status reverted")
    }
    return lines
  }
}

extension MigrationUpReport: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    let edited = (warnings ?? []).filter { $0.code == "migration_edited" }
    let files = edited.compactMap { $0.location?.file }.map { visible($0) }.joined(separator: ", ")
    let changed =
      edited.isEmpty
      ? []
      : [
        "\(edited.count) changed since applied: \(files)"
          + " · take \(edited.count == 1 ? "it" : "them") with: homebase db reset"
      ]
    guard !applied.isEmpty else {
      if let off = warnings?.migrationsAreOff { return ["nothing to apply: \(off)"] }
      return edited.isEmpty
        ? ["nothing to apply: the database is up to date"] : ["nothing to apply"] + changed
    }
    let undo = snapshot == nil ? "" : " · undo with: homebase undo"
    return applied.map { "  \($0)" } + [
      "\(terminal.output.green("applied")) \(spoken(applied.count, "migration"))"
        + " in \(spoken(took.duration))\(undo)"
    ] + changed
  }
}

extension MigrationRepairReport: TextPresentable {
  func lines(for terminal: Terminal) -> [String] {
    guard !repaired.isEmpty else { return ["nothing to repair"] }
    return repaired.map { "  \($0)" } + [
      "marked \(spoken(repaired.count, "version")) as \(terminal.output.bold(status.rawValue))"
    ]
  }
}
