import Glibc
import ProcessSupervision
import Testing

@testable import DatabaseCluster

@Suite struct OwnProgramTests {
  /// Clusters that are prepared at once in one process want one copy, and get it.
  @Test func manyAtOnceGetOneCopy() async throws {
    let folder = try TemporaryFolder()
    try folder.write("a program", to: "closed/homebase")
    chmod(folder.path + "/closed", 0o700)
    let stranger = UserIdentity(
      name: "stranger", userID: 54_321, groupID: 54_321, groups: [54_321], home: "/")
    let program = folder.path + "/closed/homebase"
    let cache = folder.path + "/cache"
    try FileTree.makeFolder(cache, keepingModeIfThere: 0o755)

    let copies = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<16 {
        group.addTask {
          try OwnProgram.reachable(program, cacheFolder: cache, user: stranger)
        }
      }
      var copies: Set<String> = []
      for try await copy in group { copies.insert(copy) }
      return copies
    }
    let copy = try #require(copies.first)
    #expect(copies.count == 1)
    #expect(FileTree.read(copy) == "a program")
    #expect(FileTree.names(in: cache + "/programs").count == 1)
  }

  /// A program that its server's user can reach is not copied.
  @Test func openProgramsStay() throws {
    #expect(try OwnProgram.reachable("/bin/sh", cacheFolder: "/nowhere", user: nil) == "/bin/sh")
  }
}
