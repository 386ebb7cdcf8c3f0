package import Diagnostics
import Glibc

/// What stands between a project and a running PostgreSQL.
package enum ClusterError: Error, Hashable {
  /// No PostgreSQL anywhere that was looked.
  case notInstalled(preferredMajor: Int)
  /// `HOMEBASE_PG_BIN` names a folder without a server.
  case noServerIn(folder: String)
  /// A PostgreSQL older than 14.
  case tooOld(versionText: String, folder: String)
  /// A server whose parts are missing or that does not say its version.
  case installationIncomplete(folder: String, missing: String)
  /// The data folder was made by another major version.
  case versionMismatch(folder: String, data: String, installed: String)
  /// The data folder holds something else.
  case notACluster(folder: String)
  /// A server runs in the data folder.
  case inUse(folder: String, pid: Int32)
  /// A step of building the image failed.
  case imageFailed(step: String, reason: String)
  /// The platform's own SQL failed.
  case platformFailed(script: String, reason: String, sqlstate: String?)
  /// The server ended before it took a connection, or took too long.
  case notReady(reason: String)
  /// The user whom the server runs as may not pass through a folder.
  case closedFolder(path: String, user: String)
  /// A unix socket's path is longer than the kernel takes.
  case socketPathTooLong(path: String, limit: Int)
  /// No user to run PostgreSQL as.
  case noUser
  /// A setting with a name or a value that PostgreSQL's file cannot carry.
  case badSetting(name: String)
  /// The operating system refused.
  case system(action: String, path: String, errno: Int32)
}

extension ClusterError: DiagnosticConvertible {
  package var diagnostic: Diagnostic {
    switch self {
    case .notInstalled(let major):
      Diagnostic(
        code: "postgres_not_installed", message: "PostgreSQL is not installed",
        hint: "install it with `apt-get install postgresql-\(major)` (or postgresql-15), "
          + "or name its folder in HOMEBASE_PG_BIN")
    case .noServerIn(let folder):
      Diagnostic(
        code: "postgres_not_installed", message: "HOMEBASE_PG_BIN has no PostgreSQL: \(folder)",
        hint: "it must name the folder with `postgres` and `initdb`, "
          + "like /usr/lib/postgresql/15/bin")
    case .tooOld(let version, let folder):
      Diagnostic(
        code: "postgres_too_old", message: "PostgreSQL \(version) in \(folder) is too old",
        hint: "install 14 or newer, for example `apt-get install postgresql-15`")
    case .installationIncomplete(let folder, let missing):
      Diagnostic(
        code: "postgres_incomplete",
        message: "the PostgreSQL in \(folder) is incomplete: \(missing)",
        hint: "install it again, for example `apt-get install --reinstall postgresql-15`")
    case .versionMismatch(let folder, let data, let installed):
      Diagnostic(
        code: "postgres_version_mismatch",
        message: "the data in \(folder) belongs to PostgreSQL \(data), "
          + "but \(installed) is what was found",
        hint: "install PostgreSQL \(data) again, or make a new database of your migrations: "
          + "`homebase stop --no-backup`, then `homebase start`")
    case .notACluster(let folder):
      Diagnostic(
        code: "not_a_cluster", message: "\(folder) is not empty and no PostgreSQL data",
        hint: "move it away, then start again")
    case .inUse(let folder, let pid):
      Diagnostic(
        code: "cluster_in_use", message: "a PostgreSQL already runs in \(folder) (pid \(pid))",
        hint: "stop it with `kill -INT \(pid)`, then start again")
    case .imageFailed(let step, let reason):
      Diagnostic(
        code: "cluster_image_failed", message: "preparing PostgreSQL failed at \(step): \(reason)",
        hint: "nothing was left behind; mend the cause, then start again")
    case .platformFailed(let script, let reason, let sqlstate):
      Diagnostic(
        code: "platform_failed", message: "the platform's SQL failed in \(script): \(reason)",
        hint: "please report this, with the version of PostgreSQL", sqlstate: sqlstate)
    case .notReady(let reason):
      Diagnostic(
        code: "postgres_not_ready", message: "PostgreSQL did not become ready: \(reason)",
        hint: "its own words are in `homebase logs postgres`")
    case .closedFolder(let path, let user):
      Diagnostic(
        code: "folder_closed",
        message: "user \(user), whom PostgreSQL runs as, may not pass through \(path)",
        hint: "open it with `chmod o+x \(path)`, or keep the data elsewhere")
    case .socketPathTooLong(let path, let limit):
      Diagnostic(
        code: "socket_path_too_long",
        message: "the socket's path is longer than \(limit) bytes: \(path)",
        hint: "set XDG_RUNTIME_DIR to a shorter folder")
    case .noUser:
      Diagnostic(
        code: "no_postgres_user",
        message: "PostgreSQL refuses to run as root, and there is no other user",
        hint: "make one with `useradd --system postgres`")
    case .badSetting(let name):
      Diagnostic(
        code: "bad_setting", message: "db.settings: \(name) is not a setting of PostgreSQL",
        hint: "a name has letters, digits, `_` and `.`; a value has no line end")
    case .system(let action, let path, let errno):
      Diagnostic(
        code: errno == ENOSPC ? "disk_full" : "system_error",
        message: "cannot \(action) \(path): \(String(cString: strerror(errno)))",
        hint: errno == ENOSPC ? "free some space, then try again" : nil)
    }
  }
}
