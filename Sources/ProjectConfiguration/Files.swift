import Glibc

/// An errno with its words.
struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
  var code: Int32

  static var last: SystemError { SystemError(code: errno) }

  var description: String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text).lowercased()
  }
}

enum FileKind: Sendable, Hashable {
  case folder
  case file
  case other
}

/// What a path leads to, links followed; nil when it leads nowhere.
func fileKind(_ path: String) -> FileKind? {
  var status = stat()
  guard stat(path, &status) == 0 else { return nil }
  return switch status.st_mode & S_IFMT {
  case S_IFDIR: .folder
  case S_IFREG: .file
  default: .other
  }
}

/// The path without links, dots and doubled slashes; nil when it leads nowhere.
func canonicalPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// Reads a whole file.
///
/// - Parameter path: Where it is.
/// - Returns: Its bytes.
/// - Throws: The system's reason.
func readFile(_ path: String) throws(SystemError) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .last }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 16_384)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count > 0 {
      bytes += chunk[..<count]
    } else if count == 0 {
      return bytes
    } else if errno != EINTR {
      throw .last
    }
  }
}

/// Writes a file so that a reader sees the old or the new text, never a half.
///
/// - Parameters:
///   - path: Where it shall be; its folder exists.
///   - text: The whole contents.
///   - mode: The permissions of a new file.
/// - Throws: The system's reason; the old file is untouched then.
func replaceFile(_ path: String, with text: String, mode: mode_t) throws(SystemError) {
  let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).new"
  let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
  guard descriptor >= 0 else { throw .last }
  var failure: SystemError?
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 {
      rest = rest.dropFirst(count)
    } else if errno != EINTR {
      failure = .last
      break
    }
  }
  if close(descriptor) != 0, failure == nil { failure = .last }
  if failure == nil, rename(temporary, path) != 0 { failure = .last }
  if let failure {
    unlink(temporary)
    throw failure
  }
}

/// The names in a folder without `.` and `..`, sorted by their bytes; empty when it cannot be read.
func folderEntries(_ path: String) -> [String] {
  guard let folder = opendir(path) else { return [] }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
