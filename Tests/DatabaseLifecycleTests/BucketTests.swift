import Synchronization
import Testing

@testable import DatabaseLifecycle

@Suite struct BucketTests {
  /// The configuration's buckets are in every database of the project, and changes reach it.
  @Test func bucketsAreRows() async throws {
    try await withDatabase { folder, database in
      let text = """
        select format('%s %s %s %s', id, public, file_size_limit, allowed_mime_types)
        from storage.buckets
        """
      let avatars = Bucket(
        name: "avatars", isPublic: true, fileSizeLimitInBytes: 5 << 20,
        allowedMimeTypes: ["image/png"])
      folder.buckets.withLock { $0 = [avatars] }
      _ = try await database.reset()
      #expect(try await rows(database, text) == ["avatars t 5242880 {image/png}"])
      #expect(try await rows(database, "select body from notes") == ["seeded"])

      folder.buckets.withLock { buckets in
        buckets[0].isPublic = false
        buckets.append(
          Bucket(name: "more", isPublic: false, fileSizeLimitInBytes: nil, allowedMimeTypes: []))
      }
      let seeded = try await database.seedBuckets()
      #expect(seeded.map(\.isNew) == [false, true])
      #expect(
        try await rows(database, text + " order by id")
          == ["avatars f 5242880 {image/png}", "more f  "])
    }
  }
}
