import Foundation
#if canImport(Supabase)
import Supabase
#endif

internal enum PublicSchema {
  internal enum AppState: String, Codable, Hashable, Sendable {
    case preview = "preview"
    case live = "live"
    case retired = "retired"
  }
  internal enum AuditAction: String, Codable, Hashable, Sendable {
    case insert = "insert"
    case update = "update"
    case delete = "delete"
  }
  internal enum DocumentStatus: String, Codable, Hashable, Sendable {
    case draft = "draft"
    case inReview = "in_review"
    case published = "published"
    case archived = "archived"
  }
  internal enum InvitationState: String, Codable, Hashable, Sendable {
    case open = "open"
    case accepted = "accepted"
    case revoked = "revoked"
  }
  internal enum MemberRole: String, Codable, Hashable, Sendable {
    case guest = "guest"
    case viewer = "viewer"
    case editor = "editor"
    case admin = "admin"
    case owner = "owner"
  }
  internal enum NotificationKind: String, Codable, Hashable, Sendable {
    case mention = "mention"
    case reply = "reply"
    case comment = "comment"
    case invitation = "invitation"
  }
  internal enum OrganisationKind: String, Codable, Hashable, Sendable {
    case studio = "studio"
    case school = "school"
    case cooperative = "cooperative"
    case nonprofit = "nonprofit"
  }
  internal enum ReactionKind: String, Codable, Hashable, Sendable {
    case agree = "agree"
    case celebrate = "celebrate"
    case question = "question"
    case thanks = "thanks"
  }
  internal enum UsageMetric: String, Codable, Hashable, Sendable {
    case documentsCreated = "documents_created"
    case bytesStored = "bytes_stored"
    case functionCalls = "function_calls"
  }
  /// The catalogue of apps; the same rows in every environment.
  internal struct AppsSelect: Codable, Hashable, Sendable, Identifiable {
    internal let defaultSettings: AnyJSON
    internal let id: String
    internal let name: String
    internal let position: Int16
    internal let state: AppState
    internal let tagline: String
    internal enum CodingKeys: String, CodingKey {
      case defaultSettings = "default_settings"
      case id = "id"
      case name = "name"
      case position = "position"
      case state = "state"
      case tagline = "tagline"
    }
    internal init(
      defaultSettings: AnyJSON,
      id: String,
      name: String,
      position: Int16,
      state: AppState,
      tagline: String
    ) {
      self.defaultSettings = defaultSettings
      self.id = id
      self.name = name
      self.position = position
      self.state = state
      self.tagline = tagline
    }
  }
  /// The catalogue of apps; the same rows in every environment.
  internal struct AppsInsert: Codable, Hashable, Sendable {
    internal let defaultSettings: AnyJSON?
    internal let id: String
    internal let name: String
    internal let position: Int16
    internal let state: AppState?
    internal let tagline: String
    internal enum CodingKeys: String, CodingKey {
      case defaultSettings = "default_settings"
      case id = "id"
      case name = "name"
      case position = "position"
      case state = "state"
      case tagline = "tagline"
    }
    internal init(
      defaultSettings: AnyJSON? = nil,
      id: String,
      name: String,
      position: Int16,
      state: AppState? = nil,
      tagline: String
    ) {
      self.defaultSettings = defaultSettings
      self.id = id
      self.name = name
      self.position = position
      self.state = state
      self.tagline = tagline
    }
  }
  /// The catalogue of apps; the same rows in every environment.
  internal struct AppsUpdate: Codable, Hashable, Sendable {
    internal let defaultSettings: AnyJSON?
    internal let id: String?
    internal let name: String?
    internal let position: Int16?
    internal let state: AppState?
    internal let tagline: String?
    internal enum CodingKeys: String, CodingKey {
      case defaultSettings = "default_settings"
      case id = "id"
      case name = "name"
      case position = "position"
      case state = "state"
      case tagline = "tagline"
    }
    internal init(
      defaultSettings: AnyJSON? = nil,
      id: String? = nil,
      name: String? = nil,
      position: Int16? = nil,
      state: AppState? = nil,
      tagline: String? = nil
    ) {
      self.defaultSettings = defaultSettings
      self.id = id
      self.name = name
      self.position = position
      self.state = state
      self.tagline = tagline
    }
  }
  /// Append-only trail of changes, by quarter.
  internal struct AuditEventsSelect: Codable, Hashable, Sendable, Identifiable {
    internal let action: AuditAction
    internal let actorId: UUID?
    internal let actorRole: String
    /// Column → [old value, new value], of updates.
    internal let changed: AnyJSON
    internal let id: Int64
    internal let occurredAt: String
    internal let organisationId: UUID?
    internal let rowKey: AnyJSON
    internal let tableName: String
    internal enum CodingKeys: String, CodingKey {
      case action = "action"
      case actorId = "actor_id"
      case actorRole = "actor_role"
      case changed = "changed"
      case id = "id"
      case occurredAt = "occurred_at"
      case organisationId = "organisation_id"
      case rowKey = "row_key"
      case tableName = "table_name"
    }
    internal init(
      action: AuditAction,
      actorId: UUID? = nil,
      actorRole: String,
      changed: AnyJSON,
      id: Int64,
      occurredAt: String,
      organisationId: UUID? = nil,
      rowKey: AnyJSON,
      tableName: String
    ) {
      self.action = action
      self.actorId = actorId
      self.actorRole = actorRole
      self.changed = changed
      self.id = id
      self.occurredAt = occurredAt
      self.organisationId = organisationId
      self.rowKey = rowKey
      self.tableName = tableName
    }
  }
  /// Append-only trail of changes, by quarter.
  internal struct AuditEventsInsert: Codable, Hashable, Sendable, Identifiable {
    internal let action: AuditAction
    internal let actorId: UUID?
    internal let actorRole: String?
    /// Column → [old value, new value], of updates.
    internal let changed: AnyJSON?
    internal let id: Int64?
    internal let occurredAt: String?
    internal let organisationId: UUID?
    internal let rowKey: AnyJSON
    internal let tableName: String
    internal enum CodingKeys: String, CodingKey {
      case action = "action"
      case actorId = "actor_id"
      case actorRole = "actor_role"
      case changed = "changed"
      case id = "id"
      case occurredAt = "occurred_at"
      case organisationId = "organisation_id"
      case rowKey = "row_key"
      case tableName = "table_name"
    }
    internal init(
      action: AuditAction,
      actorId: UUID? = nil,
      actorRole: String? = nil,
      changed: AnyJSON? = nil,
      id: Int64? = nil,
      occurredAt: String? = nil,
      organisationId: UUID? = nil,
      rowKey: AnyJSON,
      tableName: String
    ) {
      self.action = action
      self.actorId = actorId
      self.actorRole = actorRole
      self.changed = changed
      self.id = id
      self.occurredAt = occurredAt
      self.organisationId = organisationId
      self.rowKey = rowKey
      self.tableName = tableName
    }
  }
  /// Append-only trail of changes, by quarter.
  internal struct AuditEventsUpdate: Codable, Hashable, Sendable, Identifiable {
    internal let action: AuditAction?
    internal let actorId: UUID??
    internal let actorRole: String?
    /// Column → [old value, new value], of updates.
    internal let changed: AnyJSON?
    internal let id: Int64?
    internal let occurredAt: String?
    internal let organisationId: UUID??
    internal let rowKey: AnyJSON?
    internal let tableName: String?
    internal enum CodingKeys: String, CodingKey {
      case action = "action"
      case actorId = "actor_id"
      case actorRole = "actor_role"
      case changed = "changed"
      case id = "id"
      case occurredAt = "occurred_at"
      case organisationId = "organisation_id"
      case rowKey = "row_key"
      case tableName = "table_name"
    }
    internal init(
      action: AuditAction? = nil,
      actorId: UUID?? = nil,
      actorRole: String? = nil,
      changed: AnyJSON? = nil,
      id: Int64? = nil,
      occurredAt: String? = nil,
      organisationId: UUID?? = nil,
      rowKey: AnyJSON? = nil,
      tableName: String? = nil
    ) {
      self.action = action
      self.actorId = actorId
      self.actorRole = actorRole
      self.changed = changed
      self.id = id
      self.occurredAt = occurredAt
      self.organisationId = organisationId
      self.rowKey = rowKey
      self.tableName = tableName
    }
  }
  internal struct CommentsSelect: Codable, Hashable, Sendable, Identifiable {
    internal let authorId: UUID?
    internal let body: String
    internal let createdAt: String
    internal let documentId: UUID
    internal let id: UUID
    internal let mentions: [UUID]
    internal let replyTo: UUID?
    internal let resolvedAt: String?
    internal let updatedAt: String
    internal enum CodingKeys: String, CodingKey {
      case authorId = "author_id"
      case body = "body"
      case createdAt = "created_at"
      case documentId = "document_id"
      case id = "id"
      case mentions = "mentions"
      case replyTo = "reply_to"
      case resolvedAt = "resolved_at"
      case updatedAt = "updated_at"
    }
    internal init(
      authorId: UUID? = nil,
      body: String,
      createdAt: String,
      documentId: UUID,
      id: UUID,
      mentions: [UUID],
      replyTo: UUID? = nil,
      resolvedAt: String? = nil,
      updatedAt: String
    ) {
      self.authorId = authorId
      self.body = body
      self.createdAt = createdAt
      self.documentId = documentId
      self.id = id
      self.mentions = mentions
      self.replyTo = replyTo
      self.resolvedAt = resolvedAt
      self.updatedAt = updatedAt
    }
  }
  internal struct CommentsInsert: Codable, Hashable, Sendable {
    internal let authorId: UUID?
    internal let body: String
    internal let createdAt: String?
    internal let documentId: UUID
    internal let id: UUID?
    internal let mentions: [UUID]?
    internal let replyTo: UUID?
    internal let resolvedAt: String?
    internal let updatedAt: String?
    internal enum CodingKeys: String, CodingKey {
      case authorId = "author_id"
      case body = "body"
      case createdAt = "created_at"
      case documentId = "document_id"
      case id = "id"
      case mentions = "mentions"
      case replyTo = "reply_to"
      case resolvedAt = "resolved_at"
      case updatedAt = "updated_at"
    }
    internal init(
      authorId: UUID? = nil,
      body: String,
      createdAt: String? = nil,
      documentId: UUID,
      id: UUID? = nil,
      mentions: [UUID]? = nil,
      replyTo: UUID? = nil,
      resolvedAt: String? = nil,
      updatedAt: String? = nil
    ) {
      self.authorId = authorId
      self.body = body
      self.createdAt = createdAt
      self.documentId = documentId
      self.id = id
      self.mentions = mentions
      self.replyTo = replyTo
      self.resolvedAt = resolvedAt
      self.updatedAt = updatedAt
    }
  }
  internal struct CommentsUpdate: Codable, Hashable, Sendable {
    internal let authorId: UUID??
    internal let body: String?
    internal let createdAt: String?
    internal let documentId: UUID?
    internal let id: UUID?
    internal let mentions: [UUID]?
    internal let replyTo: UUID??
    internal let resolvedAt: String??
    internal let updatedAt: String?
    internal enum CodingKeys: String, CodingKey {
      case authorId = "author_id"
      case body = "body"
      case createdAt = "created_at"
      case documentId = "document_id"
      case id = "id"
      case mentions = "mentions"
      case replyTo = "reply_to"
      case resolvedAt = "resolved_at"
      case updatedAt = "updated_at"
    }
    internal init(
      authorId: UUID?? = nil,
      body: String? = nil,
      createdAt: String? = nil,
      documentId: UUID? = nil,
      id: UUID? = nil,
      mentions: [UUID]? = nil,
      replyTo: UUID?? = nil,
      resolvedAt: String?? = nil,
      updatedAt: String? = nil
    ) {
      self.authorId = authorId
      self.body = body
      self.createdAt = createdAt
      self.documentId = documentId
      self.id = id
      self.mentions = mentions
      self.replyTo = replyTo
      self.resolvedAt = resolvedAt
      self.updatedAt = updatedAt
    }
  }
  internal struct DocumentSharesSelect: Codable, Hashable, Sendable {
    internal let createdAt: String
    internal let documentId: UUID
    internal let expiresAt: String?
    internal let sharedBy: UUID?
    internal let userId: UUID
    internal enum CodingKeys: String, CodingKey {
      case createdAt = "created_at"
      case documentId = "document_id"
      case expiresAt = "expires_at"
      case sharedBy = "shared_by"
      case userId = "user_id"
    }
    internal init(
      createdAt: String,
      documentId: UUID,
      expiresAt: String? = nil,
      sharedBy: UUID? = nil,
      userId: UUID
    ) {
      self.createdAt = createdAt
      self.documentId = documentId
      self.expiresAt = expiresAt
      self.sharedBy = sharedBy
      self.userId = userId
    }
  }
  internal struct DocumentSharesInsert: Codable, Hashable, Sendable {
    internal let createdAt: String?
    internal let documentId: UUID
    internal let expiresAt: String?
    internal let sharedBy: UUID?
    internal let userId: UUID
    internal enum CodingKeys: String, CodingKey {
      case createdAt = "created_at"
      case documentId = "document_id"
      case expiresAt = "expires_at"
      case sharedBy = "shared_by"
      case userId = "user_id"
    }
    internal init(
      createdAt: String? = nil,
      documentId: UUID,
      expiresAt: String? = nil,
      sharedBy: UUID? = nil,
      userId: UUID
    ) {
      self.createdAt = createdAt
      self.documentId = documentId
      self.expiresAt = expiresAt
      self.sharedBy = sharedBy
      self.userId = userId
    }
  }
  internal struct DocumentSharesUpdate: Codable, Hashable, Sendable {
    internal let createdAt: String?
    internal let documentId: UUID?
    internal let expiresAt: String??
    internal let sharedBy: UUID??
    internal let userId: UUID?
    internal enum CodingKeys: String, CodingKey {
      case createdAt = "created_at"
      case documentId = "document_id"
      case expiresAt = "expires_at"
      case sharedBy = "shared_by"
      case userId = "user_id"
    }
    internal init(
      createdAt: String? = nil,
      documentId: UUID? = nil,
      expiresAt: String?? = nil,
      sharedBy: UUID?? = nil,
      userId: UUID? = nil
    ) {
      self.createdAt = createdAt
      self.documentId = documentId
      self.expiresAt = expiresAt
      self.sharedBy = sharedBy
      self.userId = userId
    }
  }
  internal struct DocumentTagsSelect: Codable, Hashable, Sendable {
    internal let documentId: UUID
    internal let tagId: Int64
    internal enum CodingKeys: String, CodingKey {
      case documentId = "document_id"
      case tagId = "tag_id"
    }
    internal init(
      documentId: UUID,
      tagId: Int64
    ) {
      self.documentId = documentId
      self.tagId = tagId
    }
  }
  internal struct DocumentTagsInsert: Codable, Hashable, Sendable {
    internal let documentId: UUID
    internal let tagId: Int64
    internal enum CodingKeys: String, CodingKey {
      case documentId = "document_id"
      case tagId = "tag_id"
    }
    internal init(
      documentId: UUID,
      tagId: Int64
    ) {
      self.documentId = documentId
      self.tagId = tagId
    }
  }
  internal struct DocumentTagsUpdate: Codable, Hashable, Sendable {
    internal let documentId: UUID?
    internal let tagId: Int64?
    internal enum CodingKeys: String, CodingKey {
      case documentId = "document_id"
      case tagId = "tag_id"
    }
    internal init(
      documentId: UUID? = nil,
      tagId: Int64? = nil
    ) {
      self.documentId = documentId
      self.tagId = tagId
    }
  }
  internal struct DocumentVersionsSelect: Codable, Hashable, Sendable {
    internal let body: String
    internal let documentId: UUID
    internal let editedBy: UUID?
    internal let replacedAt: String
    internal let title: String
    internal let version: Int32
    internal enum CodingKeys: String, CodingKey {
      case body = "body"
      case documentId = "document_id"
      case editedBy = "edited_by"
      case replacedAt = "replaced_at"
      case title = "title"
      case version = "version"
    }
    internal init(
      body: String,
      documentId: UUID,
      editedBy: UUID? = nil,
      replacedAt: String,
      title: String,
      version: Int32
    ) {
      self.body = body
      self.documentId = documentId
      self.editedBy = editedBy
      self.replacedAt = replacedAt
      self.title = title
      self.version = version
    }
  }
  internal struct DocumentVersionsInsert: Codable, Hashable, Sendable {
    internal let body: String
    internal let documentId: UUID
    internal let editedBy: UUID?
    internal let replacedAt: String?
    internal let title: String
    internal let version: Int32
    internal enum CodingKeys: String, CodingKey {
      case body = "body"
      case documentId = "document_id"
      case editedBy = "edited_by"
      case replacedAt = "replaced_at"
      case title = "title"
      case version = "version"
    }
    internal init(
      body: String,
      documentId: UUID,
      editedBy: UUID? = nil,
      replacedAt: String? = nil,
      title: String,
      version: Int32
    ) {
      self.body = body
      self.documentId = documentId
      self.editedBy = editedBy
      self.replacedAt = replacedAt
      self.title = title
      self.version = version
    }
  }
  internal struct DocumentVersionsUpdate: Codable, Hashable, Sendable {
    internal let body: String?
    internal let documentId: UUID?
    internal let editedBy: UUID??
    internal let replacedAt: String?
    internal let title: String?
    internal let version: Int32?
    internal enum CodingKeys: String, CodingKey {
      case body = "body"
      case documentId = "document_id"
      case editedBy = "edited_by"
      case replacedAt = "replaced_at"
      case title = "title"
      case version = "version"
    }
    internal init(
      body: String? = nil,
      documentId: UUID? = nil,
      editedBy: UUID?? = nil,
      replacedAt: String? = nil,
      title: String? = nil,
      version: Int32? = nil
    ) {
      self.body = body
      self.documentId = documentId
      self.editedBy = editedBy
      self.replacedAt = replacedAt
      self.title = title
      self.version = version
    }
  }
  /// What a team writes. Drafts are seen by editors only.
  internal struct DocumentsSelect: Codable, Hashable, Sendable, Identifiable {
    internal let appId: String
    internal let authorId: UUID?
    internal let body: String
    internal let createdAt: String
    internal let id: UUID
    internal let organisationId: UUID
    internal let parentId: UUID?
    internal let publishedAt: String?
    /// Title (A) and body (B), for search_documents().
    internal let search: String?
    internal let status: DocumentStatus
    internal let title: String
    internal let updatedAt: String
    internal enum CodingKeys: String, CodingKey {
      case appId = "app_id"
      case authorId = "author_id"
      case body = "body"
      case createdAt = "created_at"
      case id = "id"
      case organisationId = "organisation_id"
      case parentId = "parent_id"
      case publishedAt = "published_at"
      case search = "search"
      case status = "status"
      case title = "title"
      case updatedAt = "updated_at"
    }
    internal init(
      appId: String,
      authorId: UUID? = nil,
      body: String,
      createdAt: String,
      id: UUID,
      organisationId: UUID,
      parentId: UUID? = nil,
      publishedAt: String? = nil,
      search: String? = nil,
      status: DocumentStatus,
      title: String,
      updatedAt: String
    ) {
      self.appId = appId
      self.authorId = authorId
      self.body = body
      self.createdAt = createdAt
      self.id = id
      self.organisationId = organisationId
      self.parentId = parentId
      self.publishedAt = publishedAt
      self.search = search
      self.status = status
      self.title = title
      self.updatedAt = updatedAt
    }
  }
  /// What a team writes. Drafts are seen by editors only.
  internal struct DocumentsInsert: Codable, Hashable, Sendable {
    internal let appId: String?
    internal let authorId: UUID?
    internal let body: String?
    internal let createdAt: String?
    internal let id: UUID?
    internal let organisationId: UUID
    internal let parentId: UUID?
    internal let publishedAt: String?
    internal let status: DocumentStatus?
    internal let title: String
    internal let updatedAt: String?
    internal enum CodingKeys: String, CodingKey {
      case appId = "app_id"
      case authorId = "author_id"
      case body = "body"
      case createdAt = "created_at"
      case id = "id"
      case organisationId = "organisation_id"
      case parentId = "parent_id"
      case publishedAt = "published_at"
      case status = "status"
      case title = "title"
      case updatedAt = "updated_at"
    }
    internal init(
      appId: String? = nil,
      authorId: UUID? = nil,
      body: String? = nil,
      createdAt: String? = nil,
      id: UUID? = nil,
      organisationId: UUID,
      parentId: UUID? = nil,
      publishedAt: String? = nil,
      status: DocumentStatus? = nil,
      title: String,
      updatedAt: String? = nil
    ) {
      self.appId = appId
      self.authorId = authorId
      self.body = body
      self.createdAt = createdAt
      self.id = id
      self.organisationId = organisationId
      self.parentId = parentId
      self.publishedAt = publishedAt
      self.status = status
      self.title = title
      self.updatedAt = updatedAt
    }
  }
  /// What a team writes. Drafts are seen by editors only.
  internal struct DocumentsUpdate: Codable, Hashable, Sendable {
    internal let appId: String?
    internal let authorId: UUID??
    internal let body: String?
    internal let createdAt: String?
    internal let id: UUID?
    internal let organisationId: UUID?
    internal let parentId: UUID??
    internal let publishedAt: String??
    internal let status: DocumentStatus?
    internal let title: String?
    internal let updatedAt: String?
    internal enum CodingKeys: String, CodingKey {
      case appId = "app_id"
      case authorId = "author_id"
      case body = "body"
      case createdAt = "created_at"
      case id = "id"
      case organisationId = "organisation_id"
      case parentId = "parent_id"
      case publishedAt = "published_at"
      case status = "status"
      case title = "title"
      case updatedAt = "updated_at"
    }
    internal init(
      appId: String? = nil,
      authorId: UUID?? = nil,
      body: String? = nil,
      createdAt: String? = nil,
      id: UUID? = nil,
      organisationId: UUID? = nil,
      parentId: UUID?? = nil,
      publishedAt: String?? = nil,
      status: DocumentStatus? = nil,
      title: String? = nil,
      updatedAt: String? = nil
    ) {
      self.appId = appId
      self.authorId = authorId
      self.body = body
      self.createdAt = createdAt
      self.id = id
      self.organisationId = organisationId
      self.parentId = parentId
      self.publishedAt = publishedAt
      self.status = status
      self.title = title
      self.updatedAt = updatedAt
    }
  }
  internal struct FilesSelect: Codable, Hashable, Sendable, Identifiable {
    internal let createdAt: String
    internal let documentId: UUID?
    internal let id: UUID
    internal let mediaType: String
    internal let objectName: String
    internal let organisationId: UUID
    internal let sizeInBytes: Int64
    internal let title: String
    internal let uploadedBy: UUID?
    internal enum CodingKeys: String, CodingKey {
      case createdAt = "created_at"
      case documentId = "document_id"
      case id = "id"
      case mediaType = "media_type"
      case objectName = "object_name"
      case organisationId = "organisation_id"
      case sizeInBytes = "size_in_bytes"
      case title = "title"
      case uploadedBy = "uploaded_by"
    }
    internal init(
      createdAt: String,
      documentId: UUID? = nil,
      id: UUID,
      mediaType: String,
      objectName: String,
      organisationId: UUID,
      sizeInBytes: Int64,
      title: String,
      uploadedBy: UUID? = nil
    ) {
      self.createdAt = createdAt
      self.documentId = documentId
      self.id = id
      self.mediaType = mediaType
      self.objectName = objectName
      self.organisationId = organisationId
      self.sizeInBytes = sizeInBytes
      self.title = title
      self.uploadedBy = uploadedBy
    }
  }
  internal struct FilesInsert: Codable, Hashable, Sendable {
    internal let createdAt: String?
    internal let documentId: UUID?
    internal let id: UUID?
    internal let mediaType: String
    internal let objectName: String
    internal let organisationId: UUID
    internal let sizeInBytes: Int64
    internal let title: String
    internal let uploadedBy: UUID?
    internal enum CodingKeys: String, CodingKey {
      case createdAt = "created_at"
      case documentId = "document_id"
      case id = "id"
      case mediaType = "media_type"
      case objectName = "object_name"
      case organisationId = "organisation_id"
      case sizeInBytes = "size_in_bytes"
      case title = "title"
      case uploadedBy = "uploaded_by"
    }
    internal init(
      createdAt: String? = nil,
      documentId: UUID? = nil,
      id: UUID? = nil,
      mediaType: String,
      objectName: String,
      organisationId: UUID,
      sizeInBytes: Int64,
      title: String,
      uploadedBy: UUID? = nil
    ) {
      self.createdAt = createdAt
      self.documentId = documentId
      self.id = id
      self.mediaType = mediaType
      self.objectName = objectName
      self.organisationId = organisationId
      self.sizeInBytes = sizeInBytes
      self.title = title
      self.uploadedBy = uploadedBy
    }
  }
  internal struct FilesUpdate: Codable, Hashable, Sendable {
    internal let createdAt: String?
    internal let documentId: UUID??
    internal let id: UUID?
    internal let mediaType: String?
    internal let objectName: String?
    internal let organisationId: UUID?
    internal let sizeInBytes: Int64?
    internal let title: String?
    internal let uploadedBy: UUID??
    internal enum CodingKeys: String, CodingKey {
      case createdAt = "created_at"
      case documentId = "document_id"
      case id = "id"
      case mediaType = "media_type"
      case objectName = "object_name"
      case organisationId = "organisation_id"
      case sizeInBytes = "size_in_bytes"
      case title = "title"
      case uploadedBy = "uploaded_by"
    }
    internal init(
      createdAt: String? = nil,
      documentId: UUID?? = nil,
      id: UUID? = nil,
      mediaType: String? = nil,
      objectName: String? = nil,
      organisationId: UUID? = nil,
      sizeInBytes: Int64? = nil,
      title: String? = nil,
      uploadedBy: UUID?? = nil
    ) {
      self.createdAt = createdAt
      self.documentId = documentId
      self.id = id
      self.mediaType = mediaType
      self.objectName = objectName
      self.organisationId = organisationId
      self.sizeInBytes = sizeInBytes
      self.title = title
      self.uploadedBy = uploadedBy
    }
  }
  internal struct InvitationsSelect: Codable, Hashable, Sendable, Identifiable {
    internal let acceptedBy: UUID?
    internal let createdAt: String
    internal let email: String
    internal let expiresAt: String
    internal let id: UUID
    internal let invitedBy: UUID?
    internal let organisationId: UUID
    internal let role: MemberRole
    internal let state: InvitationState
    /// SHA-256 of the token; no API role reads it.
    internal let tokenHash: String
    internal enum CodingKeys: String, CodingKey {
      case acceptedBy = "accepted_by"
      case createdAt = "created_at"
      case email = "email"
      case expiresAt = "expires_at"
      case id = "id"
      case invitedBy = "invited_by"
      case organisationId = "organisation_id"
      case role = "role"
      case state = "state"
      case tokenHash = "token_hash"
    }
    internal init(
      acceptedBy: UUID? = nil,
      createdAt: String,
      email: String,
      expiresAt: String,
      id: UUID,
      invitedBy: UUID? = nil,
      organisationId: UUID,
      role: MemberRole,
      state: InvitationState,
      tokenHash: String
    ) {
      self.acceptedBy = acceptedBy
      self.createdAt = createdAt
      self.email = email
      self.expiresAt = expiresAt
      self.id = id
      self.invitedBy = invitedBy
      self.organisationId = organisationId
      self.role = role
      self.state = state
      self.tokenHash = tokenHash
    }
  }
  internal struct InvitationsInsert: Codable, Hashable, Sendable {
    internal let acceptedBy: UUID?
    internal let createdAt: String?
    internal let email: String
    internal let expiresAt: String?
    internal let id: UUID?
    internal let invitedBy: UUID?
    internal let organisationId: UUID
    internal let role: MemberRole?
    internal let state: InvitationState?
    /// SHA-256 of the token; no API role reads it.
    internal let tokenHash: String
    internal enum CodingKeys: String, CodingKey {
      case acceptedBy = "accepted_by"
      case createdAt = "created_at"
      case email = "email"
      case expiresAt = "expires_at"
      case id = "id"
      case invitedBy = "invited_by"
      case organisationId = "organisation_id"
      case role = "role"
      case state = "state"
      case tokenHash = "token_hash"
    }
    internal init(
      acceptedBy: UUID? = nil,
      createdAt: String? = nil,
      email: String,
      expiresAt: String? = nil,
      id: UUID? = nil,
      invitedBy: UUID? = nil,
      organisationId: UUID,
      role: MemberRole? = nil,
      state: InvitationState? = nil,
      tokenHash: String
    ) {
      self.acceptedBy = acceptedBy
      self.createdAt = createdAt
      self.email = email
      self.expiresAt = expiresAt
      self.id = id
      self.invitedBy = invitedBy
      self.organisationId = organisationId
      self.role = role
      self.state = state
      self.tokenHash = tokenHash
    }
  }
  internal struct InvitationsUpdate: Codable, Hashable, Sendable {
    internal let acceptedBy: UUID??
    internal let createdAt: String?
    internal let email: String?
    internal let expiresAt: String?
    internal let id: UUID?
    internal let invitedBy: UUID??
    internal let organisationId: UUID?
    internal let role: MemberRole?
    internal let state: InvitationState?
    /// SHA-256 of the token; no API role reads it.
    internal let tokenHash: String?
    internal enum CodingKeys: String, CodingKey {
      case acceptedBy = "accepted_by"
      case createdAt = "created_at"
      case email = "email"
      case expiresAt = "expires_at"
      case id = "id"
      case invitedBy = "invited_by"
      case organisationId = "organisation_id"
      case role = "role"
      case state = "state"
      case tokenHash = "token_hash"
    }
    internal init(
      acceptedBy: UUID?? = nil,
      createdAt: String? = nil,
      email: String? = nil,
      expiresAt: String? = nil,
      id: UUID? = nil,
      invitedBy: UUID?? = nil,
      organisationId: UUID? = nil,
      role: MemberRole? = nil,
      state: InvitationState? = nil,
      tokenHash: String? = nil
    ) {
      self.acceptedBy = acceptedBy
      self.createdAt = createdAt
      self.email = email
      self.expiresAt = expiresAt
      self.id = id
      self.invitedBy = invitedBy
      self.organisationId = organisationId
      self.role = role
      self.state = state
      self.tokenHash = tokenHash
    }
  }
  /// Who belongs to which organisation, and as what.
  internal struct MembersSelect: Codable, Hashable, Sendable {
    internal let joinedAt: String
    internal let organisationId: UUID
    internal let role: MemberRole
    internal let userId: UUID
    internal enum CodingKeys: String, CodingKey {
      case joinedAt = "joined_at"
      case organisationId = "organisation_id"
      case role = "role"
      case userId = "user_id"
    }
    internal init(
      joinedAt: String,
      organisationId: UUID,
      role: MemberRole,
      userId: UUID
    ) {
      self.joinedAt = joinedAt
      self.organisationId = organisationId
      self.role = role
      self.userId = userId
    }
  }
  /// Who belongs to which organisation, and as what.
  internal struct MembersInsert: Codable, Hashable, Sendable {
    internal let joinedAt: String?
    internal let organisationId: UUID
    internal let role: MemberRole?
    internal let userId: UUID
    internal enum CodingKeys: String, CodingKey {
      case joinedAt = "joined_at"
      case organisationId = "organisation_id"
      case role = "role"
      case userId = "user_id"
    }
    internal init(
      joinedAt: String? = nil,
      organisationId: UUID,
      role: MemberRole? = nil,
      userId: UUID
    ) {
      self.joinedAt = joinedAt
      self.organisationId = organisationId
      self.role = role
      self.userId = userId
    }
  }
  /// Who belongs to which organisation, and as what.
  internal struct MembersUpdate: Codable, Hashable, Sendable {
    internal let joinedAt: String?
    internal let organisationId: UUID?
    internal let role: MemberRole?
    internal let userId: UUID?
    internal enum CodingKeys: String, CodingKey {
      case joinedAt = "joined_at"
      case organisationId = "organisation_id"
      case role = "role"
      case userId = "user_id"
    }
    internal init(
      joinedAt: String? = nil,
      organisationId: UUID? = nil,
      role: MemberRole? = nil,
      userId: UUID? = nil
    ) {
      self.joinedAt = joinedAt
      self.organisationId = organisationId
      self.role = role
      self.userId = userId
    }
  }
  internal struct NotificationsSelect: Codable, Hashable, Sendable, Identifiable {
    internal let actorId: UUID?
    internal let commentId: UUID?
    internal let createdAt: String
    internal let id: Int64
    internal let kind: NotificationKind
    internal let organisationId: UUID?
    internal let payload: AnyJSON
    internal let readAt: String?
    internal let userId: UUID
    internal enum CodingKeys: String, CodingKey {
      case actorId = "actor_id"
      case commentId = "comment_id"
      case createdAt = "created_at"
      case id = "id"
      case kind = "kind"
      case organisationId = "organisation_id"
      case payload = "payload"
      case readAt = "read_at"
      case userId = "user_id"
    }
    internal init(
      actorId: UUID? = nil,
      commentId: UUID? = nil,
      createdAt: String,
      id: Int64,
      kind: NotificationKind,
      organisationId: UUID? = nil,
      payload: AnyJSON,
      readAt: String? = nil,
      userId: UUID
    ) {
      self.actorId = actorId
      self.commentId = commentId
      self.createdAt = createdAt
      self.id = id
      self.kind = kind
      self.organisationId = organisationId
      self.payload = payload
      self.readAt = readAt
      self.userId = userId
    }
  }
  internal struct NotificationsInsert: Codable, Hashable, Sendable, Identifiable {
    internal let actorId: UUID?
    internal let commentId: UUID?
    internal let createdAt: String?
    internal let id: Int64?
    internal let kind: NotificationKind
    internal let organisationId: UUID?
    internal let payload: AnyJSON?
    internal let readAt: String?
    internal let userId: UUID
    internal enum CodingKeys: String, CodingKey {
      case actorId = "actor_id"
      case commentId = "comment_id"
      case createdAt = "created_at"
      case id = "id"
      case kind = "kind"
      case organisationId = "organisation_id"
      case payload = "payload"
      case readAt = "read_at"
      case userId = "user_id"
    }
    internal init(
      actorId: UUID? = nil,
      commentId: UUID? = nil,
      createdAt: String? = nil,
      id: Int64? = nil,
      kind: NotificationKind,
      organisationId: UUID? = nil,
      payload: AnyJSON? = nil,
      readAt: String? = nil,
      userId: UUID
    ) {
      self.actorId = actorId
      self.commentId = commentId
      self.createdAt = createdAt
      self.id = id
      self.kind = kind
      self.organisationId = organisationId
      self.payload = payload
      self.readAt = readAt
      self.userId = userId
    }
  }
  internal struct NotificationsUpdate: Codable, Hashable, Sendable, Identifiable {
    internal let actorId: UUID??
    internal let commentId: UUID??
    internal let createdAt: String?
    internal let id: Int64?
    internal let kind: NotificationKind?
    internal let organisationId: UUID??
    internal let payload: AnyJSON?
    internal let readAt: String??
    internal let userId: UUID?
    internal enum CodingKeys: String, CodingKey {
      case actorId = "actor_id"
      case commentId = "comment_id"
      case createdAt = "created_at"
      case id = "id"
      case kind = "kind"
      case organisationId = "organisation_id"
      case payload = "payload"
      case readAt = "read_at"
      case userId = "user_id"
    }
    internal init(
      actorId: UUID?? = nil,
      commentId: UUID?? = nil,
      createdAt: String? = nil,
      id: Int64? = nil,
      kind: NotificationKind? = nil,
      organisationId: UUID?? = nil,
      payload: AnyJSON? = nil,
      readAt: String?? = nil,
      userId: UUID? = nil
    ) {
      self.actorId = actorId
      self.commentId = commentId
      self.createdAt = createdAt
      self.id = id
      self.kind = kind
      self.organisationId = organisationId
      self.payload = payload
      self.readAt = readAt
      self.userId = userId
    }
  }
  internal struct OrganisationAppsSelect: Codable, Hashable, Sendable {
    internal let appId: String
    internal let enabledAt: String
    internal let enabledBy: UUID?
    internal let organisationId: UUID
    internal let settings: AnyJSON
    internal enum CodingKeys: String, CodingKey {
      case appId = "app_id"
      case enabledAt = "enabled_at"
      case enabledBy = "enabled_by"
      case organisationId = "organisation_id"
      case settings = "settings"
    }
    internal init(
      appId: String,
      enabledAt: String,
      enabledBy: UUID? = nil,
      organisationId: UUID,
      settings: AnyJSON
    ) {
      self.appId = appId
      self.enabledAt = enabledAt
      self.enabledBy = enabledBy
      self.organisationId = organisationId
      self.settings = settings
    }
  }
  internal struct OrganisationAppsInsert: Codable, Hashable, Sendable {
    internal let appId: String
    internal let enabledAt: String?
    internal let enabledBy: UUID?
    internal let organisationId: UUID
    internal let settings: AnyJSON?
    internal enum CodingKeys: String, CodingKey {
      case appId = "app_id"
      case enabledAt = "enabled_at"
      case enabledBy = "enabled_by"
      case organisationId = "organisation_id"
      case settings = "settings"
    }
    internal init(
      appId: String,
      enabledAt: String? = nil,
      enabledBy: UUID? = nil,
      organisationId: UUID,
      settings: AnyJSON? = nil
    ) {
      self.appId = appId
      self.enabledAt = enabledAt
      self.enabledBy = enabledBy
      self.organisationId = organisationId
      self.settings = settings
    }
  }
  internal struct OrganisationAppsUpdate: Codable, Hashable, Sendable {
    internal let appId: String?
    internal let enabledAt: String?
    internal let enabledBy: UUID??
    internal let organisationId: UUID?
    internal let settings: AnyJSON?
    internal enum CodingKeys: String, CodingKey {
      case appId = "app_id"
      case enabledAt = "enabled_at"
      case enabledBy = "enabled_by"
      case organisationId = "organisation_id"
      case settings = "settings"
    }
    internal init(
      appId: String? = nil,
      enabledAt: String? = nil,
      enabledBy: UUID?? = nil,
      organisationId: UUID? = nil,
      settings: AnyJSON? = nil
    ) {
      self.appId = appId
      self.enabledAt = enabledAt
      self.enabledBy = enabledBy
      self.organisationId = organisationId
      self.settings = settings
    }
  }
  /// A tenant: a studio, a school, a cooperative, a nonprofit.
  internal struct OrganisationsSelect: Codable, Hashable, Sendable, Identifiable {
    internal let createdAt: String
    internal let createdBy: UUID?
    internal let id: UUID
    internal let kind: OrganisationKind
    internal let name: String
    /// Free-form preferences; nothing secret.
    internal let settings: AnyJSON
    internal let slug: String
    internal let updatedAt: String
    internal enum CodingKeys: String, CodingKey {
      case createdAt = "created_at"
      case createdBy = "created_by"
      case id = "id"
      case kind = "kind"
      case name = "name"
      case settings = "settings"
      case slug = "slug"
      case updatedAt = "updated_at"
    }
    internal init(
      createdAt: String,
      createdBy: UUID? = nil,
      id: UUID,
      kind: OrganisationKind,
      name: String,
      settings: AnyJSON,
      slug: String,
      updatedAt: String
    ) {
      self.createdAt = createdAt
      self.createdBy = createdBy
      self.id = id
      self.kind = kind
      self.name = name
      self.settings = settings
      self.slug = slug
      self.updatedAt = updatedAt
    }
  }
  /// A tenant: a studio, a school, a cooperative, a nonprofit.
  internal struct OrganisationsInsert: Codable, Hashable, Sendable {
    internal let createdAt: String?
    internal let createdBy: UUID?
    internal let id: UUID?
    internal let kind: OrganisationKind
    internal let name: String
    /// Free-form preferences; nothing secret.
    internal let settings: AnyJSON?
    internal let slug: String
    internal let updatedAt: String?
    internal enum CodingKeys: String, CodingKey {
      case createdAt = "created_at"
      case createdBy = "created_by"
      case id = "id"
      case kind = "kind"
      case name = "name"
      case settings = "settings"
      case slug = "slug"
      case updatedAt = "updated_at"
    }
    internal init(
      createdAt: String? = nil,
      createdBy: UUID? = nil,
      id: UUID? = nil,
      kind: OrganisationKind,
      name: String,
      settings: AnyJSON? = nil,
      slug: String,
      updatedAt: String? = nil
    ) {
      self.createdAt = createdAt
      self.createdBy = createdBy
      self.id = id
      self.kind = kind
      self.name = name
      self.settings = settings
      self.slug = slug
      self.updatedAt = updatedAt
    }
  }
  /// A tenant: a studio, a school, a cooperative, a nonprofit.
  internal struct OrganisationsUpdate: Codable, Hashable, Sendable {
    internal let createdAt: String?
    internal let createdBy: UUID??
    internal let id: UUID?
    internal let kind: OrganisationKind?
    internal let name: String?
    /// Free-form preferences; nothing secret.
    internal let settings: AnyJSON?
    internal let slug: String?
    internal let updatedAt: String?
    internal enum CodingKeys: String, CodingKey {
      case createdAt = "created_at"
      case createdBy = "created_by"
      case id = "id"
      case kind = "kind"
      case name = "name"
      case settings = "settings"
      case slug = "slug"
      case updatedAt = "updated_at"
    }
    internal init(
      createdAt: String? = nil,
      createdBy: UUID?? = nil,
      id: UUID? = nil,
      kind: OrganisationKind? = nil,
      name: String? = nil,
      settings: AnyJSON? = nil,
      slug: String? = nil,
      updatedAt: String? = nil
    ) {
      self.createdAt = createdAt
      self.createdBy = createdBy
      self.id = id
      self.kind = kind
      self.name = name
      self.settings = settings
      self.slug = slug
      self.updatedAt = updatedAt
    }
  }
  internal struct PlansSelect: Codable, Hashable, Sendable, Identifiable {
    internal let id: String
    internal let limits: AnyJSON
    internal let name: String
    internal let pricePerMonth: Int64
    internal let seats: Int32
    internal enum CodingKeys: String, CodingKey {
      case id = "id"
      case limits = "limits"
      case name = "name"
      case pricePerMonth = "price_per_month"
      case seats = "seats"
    }
    internal init(
      id: String,
      limits: AnyJSON,
      name: String,
      pricePerMonth: Int64,
      seats: Int32
    ) {
      self.id = id
      self.limits = limits
      self.name = name
      self.pricePerMonth = pricePerMonth
      self.seats = seats
    }
  }
  internal struct PlansInsert: Codable, Hashable, Sendable {
    internal let id: String
    internal let limits: AnyJSON?
    internal let name: String
    internal let pricePerMonth: Int64
    internal let seats: Int32
    internal enum CodingKeys: String, CodingKey {
      case id = "id"
      case limits = "limits"
      case name = "name"
      case pricePerMonth = "price_per_month"
      case seats = "seats"
    }
    internal init(
      id: String,
      limits: AnyJSON? = nil,
      name: String,
      pricePerMonth: Int64,
      seats: Int32
    ) {
      self.id = id
      self.limits = limits
      self.name = name
      self.pricePerMonth = pricePerMonth
      self.seats = seats
    }
  }
  internal struct PlansUpdate: Codable, Hashable, Sendable {
    internal let id: String?
    internal let limits: AnyJSON?
    internal let name: String?
    internal let pricePerMonth: Int64?
    internal let seats: Int32?
    internal enum CodingKeys: String, CodingKey {
      case id = "id"
      case limits = "limits"
      case name = "name"
      case pricePerMonth = "price_per_month"
      case seats = "seats"
    }
    internal init(
      id: String? = nil,
      limits: AnyJSON? = nil,
      name: String? = nil,
      pricePerMonth: Int64? = nil,
      seats: Int32? = nil
    ) {
      self.id = id
      self.limits = limits
      self.name = name
      self.pricePerMonth = pricePerMonth
      self.seats = seats
    }
  }
  /// What others may know of a user. The e-mail stays in auth.users.
  internal struct ProfilesSelect: Codable, Hashable, Sendable, Identifiable {
    internal let avatarPath: String?
    internal let bio: String?
    internal let createdAt: String
    internal let displayName: String
    internal let handle: String
    internal let id: UUID
    internal let locale: String
    internal let updatedAt: String
    internal enum CodingKeys: String, CodingKey {
      case avatarPath = "avatar_path"
      case bio = "bio"
      case createdAt = "created_at"
      case displayName = "display_name"
      case handle = "handle"
      case id = "id"
      case locale = "locale"
      case updatedAt = "updated_at"
    }
    internal init(
      avatarPath: String? = nil,
      bio: String? = nil,
      createdAt: String,
      displayName: String,
      handle: String,
      id: UUID,
      locale: String,
      updatedAt: String
    ) {
      self.avatarPath = avatarPath
      self.bio = bio
      self.createdAt = createdAt
      self.displayName = displayName
      self.handle = handle
      self.id = id
      self.locale = locale
      self.updatedAt = updatedAt
    }
  }
  /// What others may know of a user. The e-mail stays in auth.users.
  internal struct ProfilesInsert: Codable, Hashable, Sendable {
    internal let avatarPath: String?
    internal let bio: String?
    internal let createdAt: String?
    internal let displayName: String
    internal let handle: String
    internal let id: UUID
    internal let locale: String?
    internal let updatedAt: String?
    internal enum CodingKeys: String, CodingKey {
      case avatarPath = "avatar_path"
      case bio = "bio"
      case createdAt = "created_at"
      case displayName = "display_name"
      case handle = "handle"
      case id = "id"
      case locale = "locale"
      case updatedAt = "updated_at"
    }
    internal init(
      avatarPath: String? = nil,
      bio: String? = nil,
      createdAt: String? = nil,
      displayName: String,
      handle: String,
      id: UUID,
      locale: String? = nil,
      updatedAt: String? = nil
    ) {
      self.avatarPath = avatarPath
      self.bio = bio
      self.createdAt = createdAt
      self.displayName = displayName
      self.handle = handle
      self.id = id
      self.locale = locale
      self.updatedAt = updatedAt
    }
  }
  /// What others may know of a user. The e-mail stays in auth.users.
  internal struct ProfilesUpdate: Codable, Hashable, Sendable {
    internal let avatarPath: String??
    internal let bio: String??
    internal let createdAt: String?
    internal let displayName: String?
    internal let handle: String?
    internal let id: UUID?
    internal let locale: String?
    internal let updatedAt: String?
    internal enum CodingKeys: String, CodingKey {
      case avatarPath = "avatar_path"
      case bio = "bio"
      case createdAt = "created_at"
      case displayName = "display_name"
      case handle = "handle"
      case id = "id"
      case locale = "locale"
      case updatedAt = "updated_at"
    }
    internal init(
      avatarPath: String?? = nil,
      bio: String?? = nil,
      createdAt: String? = nil,
      displayName: String? = nil,
      handle: String? = nil,
      id: UUID? = nil,
      locale: String? = nil,
      updatedAt: String? = nil
    ) {
      self.avatarPath = avatarPath
      self.bio = bio
      self.createdAt = createdAt
      self.displayName = displayName
      self.handle = handle
      self.id = id
      self.locale = locale
      self.updatedAt = updatedAt
    }
  }
  internal struct ReactionsSelect: Codable, Hashable, Sendable {
    internal let commentId: UUID
    internal let createdAt: String
    internal let kind: ReactionKind
    internal let userId: UUID
    internal enum CodingKeys: String, CodingKey {
      case commentId = "comment_id"
      case createdAt = "created_at"
      case kind = "kind"
      case userId = "user_id"
    }
    internal init(
      commentId: UUID,
      createdAt: String,
      kind: ReactionKind,
      userId: UUID
    ) {
      self.commentId = commentId
      self.createdAt = createdAt
      self.kind = kind
      self.userId = userId
    }
  }
  internal struct ReactionsInsert: Codable, Hashable, Sendable {
    internal let commentId: UUID
    internal let createdAt: String?
    internal let kind: ReactionKind
    internal let userId: UUID
    internal enum CodingKeys: String, CodingKey {
      case commentId = "comment_id"
      case createdAt = "created_at"
      case kind = "kind"
      case userId = "user_id"
    }
    internal init(
      commentId: UUID,
      createdAt: String? = nil,
      kind: ReactionKind,
      userId: UUID
    ) {
      self.commentId = commentId
      self.createdAt = createdAt
      self.kind = kind
      self.userId = userId
    }
  }
  internal struct ReactionsUpdate: Codable, Hashable, Sendable {
    internal let commentId: UUID?
    internal let createdAt: String?
    internal let kind: ReactionKind?
    internal let userId: UUID?
    internal enum CodingKeys: String, CodingKey {
      case commentId = "comment_id"
      case createdAt = "created_at"
      case kind = "kind"
      case userId = "user_id"
    }
    internal init(
      commentId: UUID? = nil,
      createdAt: String? = nil,
      kind: ReactionKind? = nil,
      userId: UUID? = nil
    ) {
      self.commentId = commentId
      self.createdAt = createdAt
      self.kind = kind
      self.userId = userId
    }
  }
  internal struct SubscriptionsSelect: Codable, Hashable, Sendable, Identifiable {
    internal var id: UUID { organisationId }
    internal let cancelledAt: String?
    internal let organisationId: UUID
    internal let period: String
    internal let planId: String
    internal enum CodingKeys: String, CodingKey {
      case cancelledAt = "cancelled_at"
      case organisationId = "organisation_id"
      case period = "period"
      case planId = "plan_id"
    }
    internal init(
      cancelledAt: String? = nil,
      organisationId: UUID,
      period: String,
      planId: String
    ) {
      self.cancelledAt = cancelledAt
      self.organisationId = organisationId
      self.period = period
      self.planId = planId
    }
  }
  internal struct SubscriptionsInsert: Codable, Hashable, Sendable {
    internal let cancelledAt: String?
    internal let organisationId: UUID
    internal let period: String
    internal let planId: String
    internal enum CodingKeys: String, CodingKey {
      case cancelledAt = "cancelled_at"
      case organisationId = "organisation_id"
      case period = "period"
      case planId = "plan_id"
    }
    internal init(
      cancelledAt: String? = nil,
      organisationId: UUID,
      period: String,
      planId: String
    ) {
      self.cancelledAt = cancelledAt
      self.organisationId = organisationId
      self.period = period
      self.planId = planId
    }
  }
  internal struct SubscriptionsUpdate: Codable, Hashable, Sendable {
    internal let cancelledAt: String??
    internal let organisationId: UUID?
    internal let period: String?
    internal let planId: String?
    internal enum CodingKeys: String, CodingKey {
      case cancelledAt = "cancelled_at"
      case organisationId = "organisation_id"
      case period = "period"
      case planId = "plan_id"
    }
    internal init(
      cancelledAt: String?? = nil,
      organisationId: UUID? = nil,
      period: String? = nil,
      planId: String? = nil
    ) {
      self.cancelledAt = cancelledAt
      self.organisationId = organisationId
      self.period = period
      self.planId = planId
    }
  }
  internal struct TagsSelect: Codable, Hashable, Sendable, Identifiable {
    internal let colour: String
    internal let id: Int64
    internal let name: String
    internal let organisationId: UUID
    internal enum CodingKeys: String, CodingKey {
      case colour = "colour"
      case id = "id"
      case name = "name"
      case organisationId = "organisation_id"
    }
    internal init(
      colour: String,
      id: Int64,
      name: String,
      organisationId: UUID
    ) {
      self.colour = colour
      self.id = id
      self.name = name
      self.organisationId = organisationId
    }
  }
  internal struct TagsInsert: Codable, Hashable, Sendable, Identifiable {
    internal let colour: String?
    internal let id: Int64?
    internal let name: String
    internal let organisationId: UUID
    internal enum CodingKeys: String, CodingKey {
      case colour = "colour"
      case id = "id"
      case name = "name"
      case organisationId = "organisation_id"
    }
    internal init(
      colour: String? = nil,
      id: Int64? = nil,
      name: String,
      organisationId: UUID
    ) {
      self.colour = colour
      self.id = id
      self.name = name
      self.organisationId = organisationId
    }
  }
  internal struct TagsUpdate: Codable, Hashable, Sendable, Identifiable {
    internal let colour: String?
    internal let id: Int64?
    internal let name: String?
    internal let organisationId: UUID?
    internal enum CodingKeys: String, CodingKey {
      case colour = "colour"
      case id = "id"
      case name = "name"
      case organisationId = "organisation_id"
    }
    internal init(
      colour: String? = nil,
      id: Int64? = nil,
      name: String? = nil,
      organisationId: UUID? = nil
    ) {
      self.colour = colour
      self.id = id
      self.name = name
      self.organisationId = organisationId
    }
  }
  internal struct UsageCountersSelect: Codable, Hashable, Sendable {
    internal let amount: Int64
    internal let metric: UsageMetric
    internal let month: String
    internal let organisationId: UUID
    internal enum CodingKeys: String, CodingKey {
      case amount = "amount"
      case metric = "metric"
      case month = "month"
      case organisationId = "organisation_id"
    }
    internal init(
      amount: Int64,
      metric: UsageMetric,
      month: String,
      organisationId: UUID
    ) {
      self.amount = amount
      self.metric = metric
      self.month = month
      self.organisationId = organisationId
    }
  }
  internal struct UsageCountersInsert: Codable, Hashable, Sendable {
    internal let amount: Int64?
    internal let metric: UsageMetric
    internal let month: String
    internal let organisationId: UUID
    internal enum CodingKeys: String, CodingKey {
      case amount = "amount"
      case metric = "metric"
      case month = "month"
      case organisationId = "organisation_id"
    }
    internal init(
      amount: Int64? = nil,
      metric: UsageMetric,
      month: String,
      organisationId: UUID
    ) {
      self.amount = amount
      self.metric = metric
      self.month = month
      self.organisationId = organisationId
    }
  }
  internal struct UsageCountersUpdate: Codable, Hashable, Sendable {
    internal let amount: Int64?
    internal let metric: UsageMetric?
    internal let month: String?
    internal let organisationId: UUID?
    internal enum CodingKeys: String, CodingKey {
      case amount = "amount"
      case metric = "metric"
      case month = "month"
      case organisationId = "organisation_id"
    }
    internal init(
      amount: Int64? = nil,
      metric: UsageMetric? = nil,
      month: String? = nil,
      organisationId: UUID? = nil
    ) {
      self.amount = amount
      self.metric = metric
      self.month = month
      self.organisationId = organisationId
    }
  }
  /// An organisation with its figures, as the caller may see them.
  internal struct OrganisationOverviewSelect: Codable, Hashable, Sendable {
    internal let apps: [String]?
    internal let documents: Int64?
    internal let id: UUID?
    internal let kind: OrganisationKind?
    internal let lastChange: String?
    internal let members: Int64?
    internal let name: String?
    internal let planId: String?
    internal let published: Int64?
    internal let slug: String?
    internal enum CodingKeys: String, CodingKey {
      case apps = "apps"
      case documents = "documents"
      case id = "id"
      case kind = "kind"
      case lastChange = "last_change"
      case members = "members"
      case name = "name"
      case planId = "plan_id"
      case published = "published"
      case slug = "slug"
    }
    internal init(
      apps: [String]? = nil,
      documents: Int64? = nil,
      id: UUID? = nil,
      kind: OrganisationKind? = nil,
      lastChange: String? = nil,
      members: Int64? = nil,
      name: String? = nil,
      planId: String? = nil,
      published: Int64? = nil,
      slug: String? = nil
    ) {
      self.apps = apps
      self.documents = documents
      self.id = id
      self.kind = kind
      self.lastChange = lastChange
      self.members = members
      self.name = name
      self.planId = planId
      self.published = published
      self.slug = slug
    }
  }
  internal struct SearchResult: Codable, Hashable, Sendable {
    internal let documentId: UUID?
    internal let title: String?
    internal let excerpt: String?
    internal let rank: Float?
    internal enum CodingKeys: String, CodingKey {
      case documentId = "document_id"
      case title = "title"
      case excerpt = "excerpt"
      case rank = "rank"
    }
    internal init(
      documentId: UUID? = nil,
      title: String? = nil,
      excerpt: String? = nil,
      rank: Float? = nil
    ) {
      self.documentId = documentId
      self.title = title
      self.excerpt = excerpt
      self.rank = rank
    }
  }
  internal static let schemaName = "public"
  internal enum AppsTable {
    internal static let name = "apps"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["id"]
  }
  internal enum AuditEventsTable {
    internal static let name = "audit_events"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["occurred_at", "id"]
  }
  internal enum CommentsTable {
    internal static let name = "comments"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "comments_author_id_fkey",
        columns: ["author_id"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "comments_document_id_fkey",
        columns: ["document_id"],
        isOneToOne: false,
        referencedRelation: "documents",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "comments_document_id_reply_to_fkey",
        columns: ["document_id", "reply_to"],
        isOneToOne: false,
        referencedRelation: "comments",
        referencedColumns: ["document_id", "id"]
      ),
    ]
  }
  internal enum DocumentSharesTable {
    internal static let name = "document_shares"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["document_id", "user_id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "document_shares_document_id_fkey",
        columns: ["document_id"],
        isOneToOne: false,
        referencedRelation: "documents",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "document_shares_shared_by_fkey",
        columns: ["shared_by"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "document_shares_user_id_fkey",
        columns: ["user_id"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum DocumentTagsTable {
    internal static let name = "document_tags"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["document_id", "tag_id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "document_tags_document_id_fkey",
        columns: ["document_id"],
        isOneToOne: false,
        referencedRelation: "documents",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "document_tags_tag_id_fkey",
        columns: ["tag_id"],
        isOneToOne: false,
        referencedRelation: "tags",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum DocumentVersionsTable {
    internal static let name = "document_versions"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["document_id", "version"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "document_versions_document_id_fkey",
        columns: ["document_id"],
        isOneToOne: false,
        referencedRelation: "documents",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "document_versions_edited_by_fkey",
        columns: ["edited_by"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum DocumentsTable {
    internal static let name = "documents"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "documents_app_id_fkey",
        columns: ["app_id"],
        isOneToOne: false,
        referencedRelation: "apps",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "documents_author_id_fkey",
        columns: ["author_id"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "documents_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisations",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "documents_parent_id_fkey",
        columns: ["parent_id"],
        isOneToOne: false,
        referencedRelation: "documents",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "documents_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisation_overview",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum FilesTable {
    internal static let name = "files"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "files_document_id_fkey",
        columns: ["document_id"],
        isOneToOne: false,
        referencedRelation: "documents",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "files_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisations",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "files_uploaded_by_fkey",
        columns: ["uploaded_by"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "files_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisation_overview",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum InvitationsTable {
    internal static let name = "invitations"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "invitations_accepted_by_fkey",
        columns: ["accepted_by"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "invitations_invited_by_fkey",
        columns: ["invited_by"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "invitations_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisations",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "invitations_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisation_overview",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum MembersTable {
    internal static let name = "members"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["organisation_id", "user_id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "members_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisations",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "members_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisation_overview",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum NotificationsTable {
    internal static let name = "notifications"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "notifications_actor_id_fkey",
        columns: ["actor_id"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "notifications_comment_id_fkey",
        columns: ["comment_id"],
        isOneToOne: false,
        referencedRelation: "comments",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "notifications_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisations",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "notifications_user_id_fkey",
        columns: ["user_id"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "notifications_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisation_overview",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum OrganisationAppsTable {
    internal static let name = "organisation_apps"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["organisation_id", "app_id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "organisation_apps_app_id_fkey",
        columns: ["app_id"],
        isOneToOne: false,
        referencedRelation: "apps",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "organisation_apps_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisations",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "organisation_apps_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisation_overview",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum OrganisationsTable {
    internal static let name = "organisations"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["id"]
  }
  internal enum PlansTable {
    internal static let name = "plans"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["id"]
  }
  internal enum ProfilesTable {
    internal static let name = "profiles"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["id"]
  }
  internal enum ReactionsTable {
    internal static let name = "reactions"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["comment_id", "user_id", "kind"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "reactions_comment_id_fkey",
        columns: ["comment_id"],
        isOneToOne: false,
        referencedRelation: "comments",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "reactions_user_id_fkey",
        columns: ["user_id"],
        isOneToOne: false,
        referencedRelation: "profiles",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum SubscriptionsTable {
    internal static let name = "subscriptions"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["organisation_id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "subscriptions_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: true,
        referencedRelation: "organisations",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "subscriptions_plan_id_fkey",
        columns: ["plan_id"],
        isOneToOne: false,
        referencedRelation: "plans",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "subscriptions_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: true,
        referencedRelation: "organisation_overview",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum TagsTable {
    internal static let name = "tags"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["id"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "tags_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisations",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "tags_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisation_overview",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum UsageCountersTable {
    internal static let name = "usage_counters"
    internal static let schema = "public"
    internal static let primaryKey: [String] = ["organisation_id", "metric", "month"]
    internal static let relationships: [Relationship] = [
      Relationship(
        name: "usage_counters_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisations",
        referencedColumns: ["id"]
      ),
      Relationship(
        name: "usage_counters_organisation_id_fkey",
        columns: ["organisation_id"],
        isOneToOne: false,
        referencedRelation: "organisation_overview",
        referencedColumns: ["id"]
      ),
    ]
  }
  internal enum OrganisationOverviewTable {
    internal static let name = "organisation_overview"
    internal static let schema = "public"
    internal static let primaryKey: [String] = []
  }
  /// Columns of one relation that refer to those of another.
  internal struct Relationship: Hashable, Sendable {
    /// The foreign key's name, which tells two ways to one relation apart.
    internal let name: String
    internal let columns: [String]
    internal let isOneToOne: Bool
    internal let referencedRelation: String
    internal let referencedColumns: [String]
  }
  internal enum Functions {
    internal struct AcceptInvitationArguments: Codable, Hashable, Sendable {
      internal static let functionName = "accept_invitation"
      internal let token: String
      internal enum CodingKeys: String, CodingKey {
        case token = "token"
      }
      internal init(
        token: String
      ) {
        self.token = token
      }
    }
    internal typealias AcceptInvitationResult = UUID?
    internal struct CreateInvitationArguments: Codable, Hashable, Sendable {
      internal static let functionName = "create_invitation"
      internal let organisationId: UUID
      internal let email: String
      internal let role: PublicSchema.MemberRole?
      internal enum CodingKeys: String, CodingKey {
        case organisationId = "organisation_id"
        case email = "email"
        case role = "role"
      }
      internal init(
        organisationId: UUID,
        email: String,
        role: PublicSchema.MemberRole? = nil
      ) {
        self.organisationId = organisationId
        self.email = email
        self.role = role
      }
    }
    internal typealias CreateInvitationResult = String?
    internal struct DocumentPathArguments: Codable, Hashable, Sendable {
      internal static let functionName = "document_path"
      internal let documentId: UUID
      internal enum CodingKeys: String, CodingKey {
        case documentId = "document_id"
      }
      internal init(
        documentId: UUID
      ) {
        self.documentId = documentId
      }
    }
    internal struct DocumentPathRow: Codable, Hashable, Sendable {
      internal let id: UUID?
      internal let title: String?
      internal let depth: Int32?
      internal enum CodingKeys: String, CodingKey {
        case id = "id"
        case title = "title"
        case depth = "depth"
      }
      internal init(
        id: UUID? = nil,
        title: String? = nil,
        depth: Int32? = nil
      ) {
        self.id = id
        self.title = title
        self.depth = depth
      }
    }
    internal typealias DocumentPathResult = [DocumentPathRow]
    internal struct MarkAllReadArguments: Codable, Hashable, Sendable {
      internal static let functionName = "mark_all_read"
      internal let before: String?
      internal enum CodingKeys: String, CodingKey {
        case before = "before"
      }
      internal init(
        before: String? = nil
      ) {
        self.before = before
      }
    }
    internal typealias MarkAllReadResult = Int32?
    internal struct SearchDocumentsArguments: Codable, Hashable, Sendable {
      internal static let functionName = "search_documents"
      internal let query: String
      internal let most: Int32?
      internal enum CodingKeys: String, CodingKey {
        case query = "query"
        case most = "most"
      }
      internal init(
        query: String,
        most: Int32? = nil
      ) {
        self.query = query
        self.most = most
      }
    }
    internal typealias SearchDocumentsResult = [PublicSchema.SearchResult]
  }
}
#if !canImport(Supabase)
/// Any JSON value.
internal enum AnyJSON: Codable, Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case double(Double)
  case string(String)
  case object([String: AnyJSON])
  case array([AnyJSON])
  internal init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([String: AnyJSON].self) {
      self = .object(value)
    } else {
      self = .array(try container.decode([AnyJSON].self))
    }
  }
  internal func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    }
  }
}
#endif
