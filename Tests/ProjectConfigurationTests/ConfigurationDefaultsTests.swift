import Diagnostics
import Testing

@testable import ProjectConfiguration

@Suite struct ConfigurationDefaultsTests {
  /// Supabase's defaults, from its documentation; a dash is a key that is unset.
  static let expected = """
    project_id ""
    api.enabled true
    api.port 54321
    api.schemas ["public", "graphql_public"]
    api.extra_search_path ["public", "extensions"]
    api.max_rows 1000
    api.auto_expose_new_tables -
    api.external_url -
    api.tls.enabled false
    api.tls.cert_path -
    api.tls.key_path -
    db.port 54322
    db.shadow_port 54320
    db.password "postgres"
    db.health_timeout "2m"
    db.major_version 17
    db.root_key -
    db.pooler.enabled false
    db.pooler.port 54329
    db.pooler.pool_mode "transaction"
    db.pooler.default_pool_size 20
    db.pooler.max_client_conn 100
    db.migrations.enabled true
    db.migrations.schema_paths []
    db.seed.enabled true
    db.seed.sql_paths ["./seed.sql"]
    db.settings.<name> -
    db.vault.<name> -
    db.network_restrictions.enabled false
    db.network_restrictions.allowed_cidrs []
    db.network_restrictions.allowed_cidrs_v6 []
    db.ssl_enforcement.enabled false
    realtime.enabled true
    realtime.ip_version "IPv4"
    realtime.max_header_length 4096
    studio.enabled true
    studio.port 54323
    studio.api_url "http://127.0.0.1"
    studio.openai_api_key -
    local_smtp.enabled true
    local_smtp.port 54324
    local_smtp.smtp_port -
    local_smtp.pop3_port -
    local_smtp.admin_email "admin@email.com"
    local_smtp.sender_name "Admin"
    storage.enabled true
    storage.file_size_limit "50MiB"
    storage.buckets.<name>.public false
    storage.buckets.<name>.file_size_limit -
    storage.buckets.<name>.allowed_mime_types []
    storage.buckets.<name>.objects_path -
    storage.s3_protocol.enabled true
    storage.image_transformation.enabled -
    storage.analytics.enabled false
    storage.analytics.max_namespaces 5
    storage.analytics.max_tables 10
    storage.analytics.max_catalogs 2
    storage.vector.enabled false
    storage.vector.max_buckets 10
    storage.vector.max_indexes 5
    auth.enabled true
    auth.site_url "http://127.0.0.1:3000"
    auth.additional_redirect_urls ["https://127.0.0.1:3000"]
    auth.external_url -
    auth.jwt_issuer -
    auth.jwt_expiry 3600
    auth.jwt_secret -
    auth.anon_key -
    auth.service_role_key -
    auth.publishable_key -
    auth.secret_key -
    auth.signing_keys_path -
    auth.enable_refresh_token_rotation true
    auth.refresh_token_reuse_interval 10
    auth.enable_signup true
    auth.enable_anonymous_sign_ins false
    auth.enable_manual_linking false
    auth.minimum_password_length 6
    auth.password_requirements ""
    auth.passkey.enabled false
    auth.webauthn.rp_display_name ""
    auth.webauthn.rp_id ""
    auth.webauthn.rp_origins []
    auth.rate_limit.email_sent 2
    auth.rate_limit.sms_sent 30
    auth.rate_limit.anonymous_users 30
    auth.rate_limit.token_refresh 150
    auth.rate_limit.sign_in_sign_ups 30
    auth.rate_limit.token_verifications 30
    auth.rate_limit.web3 30
    auth.captcha.enabled false
    auth.captcha.provider "hcaptcha"
    auth.captcha.secret ""
    auth.sessions.timebox -
    auth.sessions.inactivity_timeout -
    auth.oauth_server.enabled false
    auth.oauth_server.authorization_url_path "/oauth/consent"
    auth.oauth_server.allow_dynamic_registration false
    auth.web3.solana.enabled false
    auth.web3.ethereum.enabled false
    auth.third_party.firebase.enabled false
    auth.third_party.firebase.project_id ""
    auth.third_party.auth0.enabled false
    auth.third_party.auth0.tenant ""
    auth.third_party.auth0.tenant_region ""
    auth.third_party.aws_cognito.enabled false
    auth.third_party.aws_cognito.user_pool_id ""
    auth.third_party.aws_cognito.user_pool_region ""
    auth.third_party.clerk.enabled false
    auth.third_party.clerk.domain ""
    auth.third_party.workos.enabled false
    auth.third_party.workos.issuer_url ""
    auth.email.enable_signup true
    auth.email.double_confirm_changes true
    auth.email.enable_confirmations false
    auth.email.secure_password_change false
    auth.email.max_frequency "1s"
    auth.email.otp_length 6
    auth.email.otp_expiry 3600
    auth.email.smtp.enabled true
    auth.email.smtp.host ""
    auth.email.smtp.port 0
    auth.email.smtp.user ""
    auth.email.smtp.pass ""
    auth.email.smtp.admin_email ""
    auth.email.smtp.sender_name ""
    auth.email.template.<name>.subject -
    auth.email.template.<name>.content_path -
    auth.email.notification.<name>.enabled false
    auth.email.notification.<name>.subject -
    auth.email.notification.<name>.content_path -
    auth.sms.enable_signup false
    auth.sms.enable_confirmations false
    auth.sms.template "Your code is {{ .Code }}"
    auth.sms.max_frequency "5s"
    auth.sms.test_otp.<name> -
    auth.sms.twilio.enabled false
    auth.sms.twilio.account_sid ""
    auth.sms.twilio.message_service_sid ""
    auth.sms.twilio.auth_token ""
    auth.sms.twilio_verify.enabled false
    auth.sms.twilio_verify.account_sid ""
    auth.sms.twilio_verify.message_service_sid ""
    auth.sms.twilio_verify.auth_token ""
    auth.sms.messagebird.enabled false
    auth.sms.messagebird.originator ""
    auth.sms.messagebird.access_key ""
    auth.sms.textlocal.enabled false
    auth.sms.textlocal.sender ""
    auth.sms.textlocal.api_key ""
    auth.sms.vonage.enabled false
    auth.sms.vonage.from ""
    auth.sms.vonage.api_key ""
    auth.sms.vonage.api_secret ""
    auth.mfa.max_enrolled_factors 10
    auth.mfa.totp.enroll_enabled false
    auth.mfa.totp.verify_enabled false
    auth.mfa.phone.enroll_enabled false
    auth.mfa.phone.verify_enabled false
    auth.mfa.phone.otp_length 6
    auth.mfa.phone.template "Your code is {{ .Code }}"
    auth.mfa.phone.max_frequency "5s"
    auth.mfa.web_authn.enroll_enabled false
    auth.mfa.web_authn.verify_enabled false
    auth.hook.mfa_verification_attempt.enabled false
    auth.hook.mfa_verification_attempt.uri ""
    auth.hook.mfa_verification_attempt.secrets ""
    auth.hook.password_verification_attempt.enabled false
    auth.hook.password_verification_attempt.uri ""
    auth.hook.password_verification_attempt.secrets ""
    auth.hook.custom_access_token.enabled false
    auth.hook.custom_access_token.uri ""
    auth.hook.custom_access_token.secrets ""
    auth.hook.send_sms.enabled false
    auth.hook.send_sms.uri ""
    auth.hook.send_sms.secrets ""
    auth.hook.send_email.enabled false
    auth.hook.send_email.uri ""
    auth.hook.send_email.secrets ""
    auth.hook.before_user_created.enabled false
    auth.hook.before_user_created.uri ""
    auth.hook.before_user_created.secrets ""
    auth.external.<name>.enabled false
    auth.external.<name>.client_id ""
    auth.external.<name>.secret ""
    auth.external.<name>.url ""
    auth.external.<name>.redirect_uri ""
    auth.external.<name>.skip_nonce_check false
    auth.external.<name>.email_optional false
    edge_runtime.enabled true
    edge_runtime.policy "per_worker"
    edge_runtime.inspector_port 8083
    edge_runtime.deno_version 2
    edge_runtime.secrets.<name> -
    functions.<name>.enabled true
    functions.<name>.verify_jwt true
    functions.<name>.import_map ""
    functions.<name>.entrypoint ""
    functions.<name>.static_files []
    functions.<name>.env.<name> -
    analytics.enabled true
    analytics.port 54327
    analytics.vector_port -
    analytics.backend "postgres"
    analytics.gcp_project_id ""
    analytics.gcp_project_number ""
    analytics.gcp_jwt_path ""
    experimental.webhooks.enabled false
    experimental.orioledb_version ""
    experimental.s3_host ""
    experimental.s3_region ""
    experimental.s3_access_key ""
    experimental.s3_secret_key ""
    experimental.pgdelta.enabled false
    experimental.pgdelta.declarative_schema_path "./database"
    experimental.pgdelta.format_options ""
    experimental.inspect.rules[].query ""
    experimental.inspect.rules[].name ""
    experimental.inspect.rules[].pass ""
    experimental.inspect.rules[].fail ""
    experimental.stack false
    workers -
    compute -
    """

  /// A project that leaves a key out relies on Supabase's default for it.
  @Test func everyKeyHasItsDefault() {
    let described = Configuration.describeKeys().map { "\($0.path) \($0.defaultLiteral ?? "-")" }
    let expected = Self.expected.split(separator: "\n").map(String.init)
    #expect(described.sorted() == expected.sorted())
  }

  /// What the table of keys says and what an empty file gives are one thing.
  @Test func emptyFileGivesTheDefaults() throws {
    let (configuration, warnings) = try read("")
    #expect(warnings.isEmpty)
    #expect(configuration.origins.isEmpty)
    #expect(configuration.database == DatabaseConfiguration())
    #expect(configuration.auth == AuthConfiguration())
    #expect(configuration.auth.email.smtp == nil)
  }

  /// Writing a default changes nothing: each literal reads back as the value that it came from.
  @Test func defaultsReadBack() throws {
    for key in Configuration.describeKeys() {
      guard let literal = key.defaultLiteral, !key.path.contains("[]") else { continue }
      let path = key.path.split(separator: ".").map { part in
        guard part == "<name>" else { return String(part) }
        if key.path.contains(".external.") { return "google" }
        if key.path.contains(".template.") { return "invite" }
        return key.path.contains(".notification.") ? "email_changed" : "x"
      }
      let text = "\(path.joined(separator: ".")) = \(literal)\n"
      // A minimum length: an unset secret has no default, but an empty text is none either.
      let (configuration, warnings) = try read(text)
      #expect(warnings.isEmpty, "\(text)")
      #expect(configuration.sets(path.joined(separator: ".")), "\(text)")
    }
  }

  /// The server's settings pass by name, as text that `ALTER SYSTEM` understands.
  @Test func databaseSettingsKeepTheirText() throws {
    let (configuration, warnings) = try read(
      """
      [db.settings]
      max_connections = 50
      shared_buffers = "128MB"
      track_commit_timestamp = true
      statment_timeout = "5s"
      """)
    #expect(
      configuration.database.settings == [
        "max_connections": "50", "shared_buffers": "128MB", "track_commit_timestamp": "on",
      ])
    #expect(warnings.map(\.hint) == ["did you mean db.settings.statement_timeout?"])
  }
}
