/// `[storage]`: files.
package struct StorageConfiguration: Sendable, Hashable {
  /// Off: the service is not started.
  package var enabled: Bool = true
  /// The largest file of any bucket.
  package var fileSizeLimit: ByteSize = ByteSize(bytes: 52_428_800)
  /// `[storage.buckets.<name>]`.
  package var buckets: [String: BucketConfiguration] = [:]
  /// `[storage.s3_protocol]`.
  package var s3Protocol: S3ProtocolConfiguration = S3ProtocolConfiguration()
  /// `[storage.image_transformation]`.
  package var imageTransformation: ImageTransformation = ImageTransformation()
  /// `[storage.analytics]`: hosted only.
  package var analytics: StorageAnalytics = StorageAnalytics()
  /// `[storage.vector]`: hosted only.
  package var vector: StorageVector = StorageVector()

  /// The defaults.
  package init() {}
}

extension StorageConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<StorageConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("file_size_limit", \.fileSizeLimit, .size),
    .sections("buckets", \.buckets),
    .section("s3_protocol", \.s3Protocol),
    .section("image_transformation", \.imageTransformation),
    .section("analytics", \.analytics, hosted: true),
    .section("vector", \.vector, hosted: true),
  ]

  var isEnabled: Bool { enabled }
}

/// `[storage.buckets.<name>]`: a bucket made at start.
package struct BucketConfiguration: Sendable, Hashable {
  /// Whether files are readable without a token.
  package var isPublic: Bool = false
  /// The largest file; nil means the global limit.
  package var fileSizeLimit: ByteSize?
  /// Types of files; none means any.
  package var allowedMimeTypes: [String] = []
  /// A folder whose files are uploaded, relative to the configuration's folder.
  package var objectsPath: String?

  /// The defaults.
  package init() {}
}

extension BucketConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<BucketConfiguration>] = [
    .value("public", \.isPublic, .flag),
    .value("file_size_limit", \.fileSizeLimit, .optional(.size)),
    .value("allowed_mime_types", \.allowedMimeTypes, .texts),
    .value("objects_path", \.objectsPath, .optional(.text)),
  ]
}

/// `[storage.s3_protocol]`: the S3 interface.
package struct S3ProtocolConfiguration: Sendable, Hashable {
  /// Serve the S3 interface.
  package var enabled: Bool = true

  /// The defaults.
  package init() {}
}

extension S3ProtocolConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<S3ProtocolConfiguration>] = [
    .value("enabled", \.enabled, .flag)
  ]

  var isEnabled: Bool { enabled }
}

/// `[storage.image_transformation]`: resized images.
package struct ImageTransformation: Sendable, Hashable {
  /// Whether images are resized on demand; nil means no.
  package var enabled: Bool?

  /// The defaults.
  package init() {}
}

extension ImageTransformation: ConfigurationSection {
  static let keys: [ConfigurationKey<ImageTransformation>] = [
    .value("enabled", \.enabled, .optional(.flag))
  ]

  var isEnabled: Bool { enabled ?? false }
}

/// `[storage.analytics]`: hosted only.
package struct StorageAnalytics: Sendable, Hashable {
  /// Iceberg buckets.
  package var enabled: Bool = false
  /// The most namespaces.
  package var maxNamespaces: Int = 5
  /// The most tables.
  package var maxTables: Int = 10
  /// The most catalogs.
  package var maxCatalogs: Int = 2
  /// Buckets by name.
  package var buckets: [String: EmptyTable] = [:]

  /// The defaults.
  package init() {}
}

extension StorageAnalytics: ConfigurationSection {
  static let keys: [ConfigurationKey<StorageAnalytics>] = [
    .value("enabled", \.enabled, .flag),
    .value("max_namespaces", \.maxNamespaces, .count),
    .value("max_tables", \.maxTables, .count),
    .value("max_catalogs", \.maxCatalogs, .count),
    .sections("buckets", \.buckets),
  ]

  var isEnabled: Bool { enabled }
}

/// `[storage.vector]`: hosted only.
package struct StorageVector: Sendable, Hashable {
  /// Vector buckets.
  package var enabled: Bool = false
  /// The most buckets.
  package var maxBuckets: Int = 10
  /// The most indexes.
  package var maxIndexes: Int = 5
  /// Buckets by name.
  package var buckets: [String: EmptyTable] = [:]

  /// The defaults.
  package init() {}
}

extension StorageVector: ConfigurationSection {
  static let keys: [ConfigurationKey<StorageVector>] = [
    .value("enabled", \.enabled, .flag),
    .value("max_buckets", \.maxBuckets, .count),
    .value("max_indexes", \.maxIndexes, .count),
    .sections("buckets", \.buckets),
  ]

  var isEnabled: Bool { enabled }
}

/// A table that only its name matters of.
package struct EmptyTable: Sendable, Hashable {
  /// The table.
  package init() {}
}

extension EmptyTable: ConfigurationSection {
  static let keys: [ConfigurationKey<EmptyTable>] = []
}
