import Glibc

/// A PostgreSQL on this machine: where its programs and files are, and which one it is.
package struct PostgresInstallation: Sendable, Hashable {
  /// A release: `15.18` is major 15, minor 18.
  package struct Version: Sendable, Hashable, Comparable {
    package var major: Int
    package var minor: Int

    package init(major: Int, minor: Int) {
      self.major = major
      self.minor = minor
    }

    package static func < (left: Version, right: Version) -> Bool {
      (left.major, left.minor) < (right.major, right.minor)
    }
  }

  /// The oldest major version that homebase runs on.
  static let oldestMajor = 14

  /// The folder with `postgres` and `initdb`.
  package var binFolder: String
  /// The folder with `postgres.bki` and `extension/`.
  package var shareFolder: String
  /// The folder with the loadable libraries.
  package var libFolder: String
  package var version: Version
  /// As the server says it: `15.18 (Debian 15.18-0+deb12u1)`.
  package var versionText: String
  /// What a person should know, when it is not the version that the project asked for.
  package var note: String?

  package init(
    binFolder: String, shareFolder: String, libFolder: String, version: Version,
    versionText: String, note: String? = nil
  ) {
    self.binFolder = binFolder
    self.shareFolder = shareFolder
    self.libFolder = libFolder
    self.version = version
    self.versionText = versionText
    self.note = note
  }

  /// Finds the PostgreSQL to use.
  ///
  /// `HOMEBASE_PG_BIN` decides alone. Otherwise it looks in the folders of Debian and of the RPM
  /// packages, then in `PATH`, takes the preferred major version, else the newest of at least 14.
  /// A `pg_config` in `PATH` names another folder: a link to it is followed, and only where all
  /// that finds no server is it run, since a start has no time for a process.
  ///
  /// - Parameters:
  ///   - major: `db.major_version` of the project.
  ///   - environment: `HOMEBASE_PG_BIN` and `PATH` are read from it.
  /// - Returns: The installation, with a note when it is not of the preferred version.
  /// - Throws: `ClusterError.notInstalled`, `.noServerIn`, `.tooOld`, `.installationIncomplete`.
  package static func find(
    preferringMajor major: Int, environment: [String: String]
  ) throws -> PostgresInstallation {
    try find(preferringMajor: major, environment: environment, root: "")
  }

  /// The same below another root folder, for tests.
  static func find(
    preferringMajor major: Int, environment: [String: String], root: String
  ) throws -> PostgresInstallation {
    if let folder = environment["HOMEBASE_PG_BIN"], !folder.isEmpty {
      guard hasServer(folder) else { throw ClusterError.noServerIn(folder: folder) }
      return try read(folder, root: root).noting(preferred: major)
    }
    // The preferred one's folder tells its version by its name: mostly nothing else is opened.
    for folder in packagedFolders(of: String(major), root: root) where hasServer(folder) {
      return try read(folder, root: root)
    }
    var candidates = packagedVersions(root: root).flatMap {
      packagedFolders(of: $0, root: root)
    }
    let searched = (environment["PATH"] ?? "").split(separator: ":").map { root + String($0) }
    for folder in searched {
      candidates.append(folder)
      if let program = resolved(folder + "/pg_config") {
        candidates.append(FileTree.parent(of: program))
      }
    }
    candidates.append(root + "/usr/local/pgsql/bin")
    if !candidates.contains(where: hasServer) {
      // A script in its place, as Debian's, knows a folder that no link leads to.
      candidates += searched.map { $0 + "/pg_config" }.filter { access($0, X_OK) == 0 }
        .compactMap { firstLine(of: [$0, "--bindir"]) }
    }

    var found: [PostgresInstallation] = []
    var old: ClusterError?
    for folder in candidates where hasServer(folder) {
      do {
        found.append(try read(folder, root: root))
      } catch let error as ClusterError {
        old = old ?? error
      }
    }
    if let preferred = found.first(where: { $0.version.major == major }) { return preferred }
    if let newest = found.max(by: { $0.version < $1.version }) {
      return newest.noting(preferred: major)
    }
    throw old ?? ClusterError.notInstalled(preferredMajor: major)
  }

  private static func hasServer(_ folder: String) -> Bool {
    access(folder + "/postgres", X_OK) == 0 && access(folder + "/initdb", X_OK) == 0
  }

  /// Where a path leads through all links.
  private static func resolved(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  private static func packagedFolders(of version: String, root: String) -> [String] {
    ["\(root)/usr/lib/postgresql/\(version)/bin", "\(root)/usr/pgsql-\(version)/bin"]
  }

  private static func packagedVersions(root: String) -> [String] {
    let debian = FileTree.names(in: root + "/usr/lib/postgresql")
    let rpm = FileTree.names(in: root + "/usr").compactMap {
      $0.hasPrefix("pgsql-") ? String($0.dropFirst("pgsql-".count)) : nil
    }
    return (debian + rpm).sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
  }

  private static func read(_ folder: String, root: String) throws -> PostgresInstallation {
    guard
      let text = versionInBinary(folder + "/postgres")
        ?? firstLine(of: [folder + "/postgres", "--version"]).flatMap(versionText(in:)),
      let version = parseVersion(text)
    else {
      throw ClusterError.installationIncomplete(folder: folder, missing: "it says no version")
    }
    guard version.major >= oldestMajor else {
      throw ClusterError.tooOld(versionText: text, folder: folder)
    }
    let above = FileTree.parent(of: folder)
    let shares = [
      "\(root)/usr/share/postgresql/\(version.major)", above + "/share/postgresql/\(version.major)",
      above + "/share/postgresql", above + "/share",
    ]
    // A copy of the programs has its own share folder beside them, in Debian's shape or another:
    // that one first.
    let shape = "/lib/postgresql/\(version.major)/bin"
    let beside =
      folder.hasSuffix(shape)
      ? ["\(folder.dropLast(shape.count))/share/postgresql/\(version.major)"] : []
    let own =
      beside + (folder.hasPrefix(root + "/usr/") ? shares : Array(shares.dropFirst()) + shares)
    guard let share = own.first(where: { access($0 + "/postgres.bki", R_OK) == 0 }) else {
      throw ClusterError.installationIncomplete(folder: folder, missing: "no postgres.bki")
    }
    let libraries = [above + "/lib", above + "/lib/postgresql", above + "/lib64"]
    guard let library = libraries.first(where: { access($0 + "/plpgsql.so", R_OK) == 0 }) else {
      throw ClusterError.installationIncomplete(folder: folder, missing: "no plpgsql.so")
    }
    return PostgresInstallation(
      binFolder: folder, shareFolder: share, libFolder: library, version: version,
      versionText: text)
  }

  private func noting(preferred major: Int) -> PostgresInstallation {
    guard version.major != major else { return self }
    var copy = self
    copy.note =
      "the project asks for PostgreSQL \(major) (db.major_version); "
      + "\(version.major).\(version.minor) is installed and used"
    return copy
  }

  /// Whether a library of this name can be loaded by the server.
  ///
  /// - Parameter name: Without folder and ending: `pg_stat_statements`.
  /// - Returns: True when its file is there.
  package func hasLibrary(_ name: String) -> Bool {
    access("\(libFolder)/\(name).so", R_OK) == 0
  }

  // MARK: - Versions

  /// `15.18 (Debian …)` of a line like `postgres (PostgreSQL) 15.18 (Debian …)`.
  static func versionText(in line: String) -> String? {
    guard let range = line.utf8.firstRangeOf("(PostgreSQL) ".utf8) else { return nil }
    return String(line[range.upperBound...])
  }

  /// Reads `15.18 …`, and of a version not yet released `17beta1`, `18devel`.
  static func parseVersion(_ text: String) -> Version? {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let parts = number.split(separator: ".")
    guard let major = parts.first.flatMap({ Int($0) }) else { return nil }
    return Version(major: major, minor: parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
  }

  /// What `postgres --version` would print stands in the program as one text: looking for it
  /// costs less than a process, which a warm start does without.
  private static func versionInBinary(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_size > 64 else { return nil }
    let size = Int(facts.st_size)
    guard let map = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), map != MAP_FAILED else {
      return nil
    }
    defer { munmap(map, size) }
    let mark = Array("(PostgreSQL) ".utf8)
    let lead = Array("postgres ".utf8)
    var offset = lead.count
    while offset < size - 64 {
      guard let hit = memchr(map + offset, Int32(UInt8(ascii: "(")), size - 64 - offset) else {
        return nil
      }
      if memcmp(hit, mark, mark.count) == 0, memcmp(hit - lead.count, lead, lead.count) == 0 {
        let start = UnsafeRawPointer(hit) + mark.count
        let bytes = UnsafeRawBufferPointer(start: start, count: 50)
        let text = String(decoding: bytes.prefix { $0 >= 32 && $0 < 127 }, as: UTF8.self)
        if parseVersion(text) != nil { return text }
      }
      offset = UnsafeRawPointer(hit) - UnsafeRawPointer(map) + 1
    }
    return nil
  }

  /// The first line that a short program prints.
  ///
  /// For the rare ways only: it blocks.
  private static func firstLine(of arguments: [String]) -> String? {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    posix_spawn_file_actions_addclose(&actions, ends[1])
    defer { posix_spawn_file_actions_destroy(&actions) }
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, arguments[0], &actions, nil, &words, environ)
    close(ends[1])
    defer { close(ends[0]) }
    guard status == 0 else { return nil }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 512)
    while true {
      let count = Glibc.read(ends[0], &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    var ended: Int32 = 0
    while waitpid(pid, &ended, 0) < 0 && errno == EINTR {}
    guard ended == 0 else { return nil }
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}

extension String.UTF8View {
  /// The first place of another text in this one.
  fileprivate func firstRangeOf(_ other: String.UTF8View) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].starts(with: other) {
        return start..<index(start, offsetBy: other.count)
      }
      formIndex(after: &start)
    }
    return nil
  }
}
