import Glibc

/// Finds the program that a command's first word names.
package enum CommandLookup {
  /// Finds it as a shell would.
  ///
  /// - Parameters:
  ///   - command: A name, or a path with a slash in it.
  ///   - path: The value of PATH; nil: the system's folders.
  ///   - workingDirectory: What a relative path begins at; nil: this process's.
  /// - Returns: The path to execute.
  /// - Throws: `ProcessError.commandNotFound`.
  package static func find(
    _ command: String, path: String? = nil, workingDirectory: String? = nil
  ) throws -> String {
    let folder = workingDirectory.map { "\($0)/" } ?? ""
    if command.contains("/") {
      let whole = command.hasPrefix("/") ? command : folder + command
      guard isExecutable(whole) else {
        throw ProcessError.commandNotFound(command, searched: whole)
      }
      return whole
    }
    let path = path ?? "/usr/local/bin:/usr/bin:/bin"
    for entry in path.split(separator: ":") where !command.isEmpty {
      let whole = entry.hasPrefix("/") ? "\(entry)/\(command)" : "\(folder)\(entry)/\(command)"
      if isExecutable(whole) { return whole }
    }
    throw ProcessError.commandNotFound(command, searched: path)
  }

  private static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && access(path, X_OK) == 0
  }
}
