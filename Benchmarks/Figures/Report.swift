import FoundationEssentials
import Glibc

/// A row of the table of figures.
struct Figure {
  var what: String
  var ours: String
  var floor: String
  var ratio: String
  var goal: String
  /// nil: there is no goal, the row is for information.
  var isMet: Bool?
}

/// What a group of rows is called on the command line, and how it is measured.
struct RowGroup: Sendable {
  var name: String
  var explanation: String
  var measure: @Sendable (Workspace) throws -> [Figure]
}

/// The table with the machine above it, as Markdown.
func report(_ figures: [Figure], workspace: Workspace, load: String, took: Duration) -> String {
  var text = """
    \(machine()) · load \(load) when it began
    disk \(disk(of: workspace.folder))
    PostgreSQL \(workspace.postgresVersion) · homebase \(workspace.homebaseVersion)\
     · \(Date().ISO8601Format()) · took \(Int(milliseconds(took) / 1000)) s

    | what | homebase | floor or peer, same run | ratio | goal | met |
    |---|---|---|---|---|---|

    """
  for figure in figures {
    let met = figure.isMet.map { $0 ? "yes" : "**no**" } ?? "–"
    text += "| \(figure.what) | \(figure.ours) | \(figure.floor) | \(figure.ratio) "
    text += "| \(figure.goal) | \(met) |\n"
  }
  return text
}

private func machine() -> String {
  let model =
    readText("/proc/cpuinfo")?.split(separator: "\n")
    .first { $0.hasPrefix("model name") }?.split(separator: ":").last
    .map { $0.drop { $0 == " " } } ?? "unknown processor"
  let kibibytes =
    readText("/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemTotal") }
    .flatMap { Int($0.filter(\.isNumber)) } ?? 0
  let kernel = (readText("/proc/sys/kernel/osrelease") ?? "").filter { !$0.isNewline }
  return "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores (\(model)), \(kibibytes >> 20) GiB, "
    + "Linux \(kernel)"
}

/// The file system that a folder is on: kind, options, and whether ext4 has a journal.
private func disk(of folder: String) -> String {
  let mounts = (readText("/proc/mounts") ?? "").split(separator: "\n").map {
    $0.split(separator: " ")
  }
  let holding = mounts.filter { entry in
    entry.count > 3 && (entry[1] == "/" || "\(folder)/".hasPrefix("\(entry[1])/"))
  }
  guard let entry = holding.max(by: { $0[1].utf8.count < $1[1].utf8.count }) else { return "?" }
  let device = entry[0].split(separator: "/").last ?? "?"
  let settings = readText("/proc/fs/ext4/\(device)/options")
  let journal = settings.map { $0.contains("data=") ? "" : ", no journal" } ?? ""
  return "\(entry[2]) (\(entry[3])\(journal))"
}

func loadAverage() -> String {
  String((readText("/proc/loadavg") ?? "?").prefix { $0 != " " })
}
