/// `[auth.external.<provider>]`: signing in with another account.
package struct ProviderConfiguration: Sendable, Hashable {
  /// Whether it is offered.
  package var enabled: Bool = false
  /// The app's id at the provider.
  package var clientID: String = ""
  /// The app's secret at the provider.
  package var secret: Secret = ""
  /// The provider's address, where it is not fixed.
  package var url: String = ""
  /// Where the provider returns to; empty means the auth service.
  package var redirectURI: String = ""
  /// Whether an id token without nonce is fine.
  package var skipNonceCheck: Bool = false
  /// Whether an account without mail address is fine.
  package var emailOptional: Bool = false

  /// The defaults.
  package init() {}
}

extension ProviderConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<ProviderConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("client_id", \.clientID, .text),
    .value("secret", \.secret, .secret),
    .value("url", \.url, .text),
    .value("redirect_uri", \.redirectURI, .text),
    .value("skip_nonce_check", \.skipNonceCheck, .flag),
    .value("email_optional", \.emailOptional, .flag),
  ]

  var isEnabled: Bool { enabled }
}

extension ProviderConfiguration {
  /// The providers that there are.
  package static let names = [
    "apple",
    "azure",
    "bitbucket",
    "discord",
    "facebook",
    "figma",
    "github",
    "gitlab",
    "google",
    "kakao",
    "keycloak",
    "linkedin_oidc",
    "notion",
    "slack",
    "slack_oidc",
    "spotify",
    "twitch",
    "twitter",
    "x",
    "workos",
    "zoom",
  ]
}

/// `[auth.hook]`: functions that auth asks.
package struct HooksConfiguration: Sendable, Hashable {
  /// Asked at each check of a second factor.
  package var mfaVerificationAttempt: HookConfiguration?
  /// Asked at each check of a password.
  package var passwordVerificationAttempt: HookConfiguration?
  /// Adds claims to access tokens.
  package var customAccessToken: HookConfiguration?
  /// Sends text messages.
  package var sendSMS: HookConfiguration?
  /// Sends mails.
  package var sendEmail: HookConfiguration?
  /// Asked before a user is made.
  package var beforeUserCreated: HookConfiguration?

  /// The defaults.
  package init() {}
}

extension HooksConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<HooksConfiguration>] = [
    .optionalSection("mfa_verification_attempt", \.mfaVerificationAttempt),
    .optionalSection("password_verification_attempt", \.passwordVerificationAttempt),
    .optionalSection("custom_access_token", \.customAccessToken),
    .optionalSection("send_sms", \.sendSMS),
    .optionalSection("send_email", \.sendEmail),
    .optionalSection("before_user_created", \.beforeUserCreated),
  ]
}

extension HooksConfiguration {
  /// The hooks of the file, by their names in it.
  package var all: [(name: String, hook: HookConfiguration)] {
    let hooks = [
      ("mfa_verification_attempt", mfaVerificationAttempt),
      ("password_verification_attempt", passwordVerificationAttempt),
      ("custom_access_token", customAccessToken),
      ("send_sms", sendSMS),
      ("send_email", sendEmail),
      ("before_user_created", beforeUserCreated),
    ]
    return hooks.compactMap { name, hook in hook.map { (name, $0) } }
  }
}

/// `[auth.hook.<name>]`: a function that auth asks.
package struct HookConfiguration: Sendable, Hashable {
  /// Whether it is asked.
  package var enabled: Bool = false
  /// `pg-functions://<database>/<schema>/<function>` or an http address.
  package var uri: String = ""
  /// `v1,whsec_<base64>`, several joined by `|`.
  package var secrets: Secret = ""

  /// The defaults.
  package init() {}
}

extension HookConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<HookConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("uri", \.uri, .text),
    .value("secrets", \.secrets, .secret),
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.third_party]`: tokens of another issuer; at most one is on.
package struct ThirdPartyConfiguration: Sendable, Hashable {
  /// `[auth.third_party.firebase]`.
  package var firebase: FirebaseIssuer?
  /// `[auth.third_party.auth0]`.
  package var auth0: Auth0Issuer?
  /// `[auth.third_party.aws_cognito]`.
  package var awsCognito: CognitoIssuer?
  /// `[auth.third_party.clerk]`.
  package var clerk: ClerkIssuer?
  /// `[auth.third_party.workos]`.
  package var workOS: WorkOSIssuer?

  /// The defaults.
  package init() {}
}

extension ThirdPartyConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<ThirdPartyConfiguration>] = [
    .optionalSection("firebase", \.firebase),
    .optionalSection("auth0", \.auth0),
    .optionalSection("aws_cognito", \.awsCognito),
    .optionalSection("clerk", \.clerk),
    .optionalSection("workos", \.workOS),
  ]
}

extension ThirdPartyConfiguration {
  /// The issuers that are on, by their names in the file.
  package var enabledNames: [String] {
    let issuers = [
      ("firebase", firebase?.enabled),
      ("auth0", auth0?.enabled),
      ("aws_cognito", awsCognito?.enabled),
      ("clerk", clerk?.enabled),
      ("workos", workOS?.enabled),
    ]
    return issuers.filter { $0.1 == true }.map(\.0)
  }

  /// The issuer that is on, as its tokens name it but for a slash at the end; nil when none is.
  ///
  /// Source: supabase/cli, pkg/config, `issuerURL` of each provider.
  package var issuerURL: String? {
    if let firebase, firebase.enabled {
      return "https://securetoken.google.com/\(firebase.projectID)"
    }
    if let auth0, auth0.enabled {
      let region = auth0.tenantRegion.isEmpty ? "" : ".\(auth0.tenantRegion)"
      return "https://\(auth0.tenant)\(region).auth0.com"
    }
    if let awsCognito, awsCognito.enabled {
      return "https://cognito-idp.\(awsCognito.userPoolRegion).amazonaws.com/"
        + awsCognito.userPoolID
    }
    if let clerk, clerk.enabled { return "https://\(clerk.domain)" }
    if let workOS, workOS.enabled { return workOS.issuerURL }
    return nil
  }
}

/// `[auth.third_party.firebase]`.
package struct FirebaseIssuer: Sendable, Hashable {
  /// Whether its tokens count.
  package var enabled: Bool = false
  /// The Firebase project.
  package var projectID: String = ""

  /// The defaults.
  package init() {}
}

extension FirebaseIssuer: ConfigurationSection {
  static let keys: [ConfigurationKey<FirebaseIssuer>] = [
    .value("enabled", \.enabled, .flag),
    .value("project_id", \.projectID, .text),
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.third_party.auth0]`.
package struct Auth0Issuer: Sendable, Hashable {
  /// Whether its tokens count.
  package var enabled: Bool = false
  /// The tenant.
  package var tenant: String = ""
  /// The tenant's region.
  package var tenantRegion: String = ""

  /// The defaults.
  package init() {}
}

extension Auth0Issuer: ConfigurationSection {
  static let keys: [ConfigurationKey<Auth0Issuer>] = [
    .value("enabled", \.enabled, .flag),
    .value("tenant", \.tenant, .text),
    .value("tenant_region", \.tenantRegion, .text),
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.third_party.aws_cognito]`.
package struct CognitoIssuer: Sendable, Hashable {
  /// Whether its tokens count.
  package var enabled: Bool = false
  /// The user pool.
  package var userPoolID: String = ""
  /// The user pool's region.
  package var userPoolRegion: String = ""

  /// The defaults.
  package init() {}
}

extension CognitoIssuer: ConfigurationSection {
  static let keys: [ConfigurationKey<CognitoIssuer>] = [
    .value("enabled", \.enabled, .flag),
    .value("user_pool_id", \.userPoolID, .text),
    .value("user_pool_region", \.userPoolRegion, .text),
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.third_party.clerk]`.
package struct ClerkIssuer: Sendable, Hashable {
  /// Whether its tokens count.
  package var enabled: Bool = false
  /// The domain.
  package var domain: String = ""

  /// The defaults.
  package init() {}
}

extension ClerkIssuer: ConfigurationSection {
  static let keys: [ConfigurationKey<ClerkIssuer>] = [
    .value("enabled", \.enabled, .flag),
    .value("domain", \.domain, .text),
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.third_party.workos]`.
package struct WorkOSIssuer: Sendable, Hashable {
  /// Whether its tokens count.
  package var enabled: Bool = false
  /// The issuer.
  package var issuerURL: String = ""

  /// The defaults.
  package init() {}
}

extension WorkOSIssuer: ConfigurationSection {
  static let keys: [ConfigurationKey<WorkOSIssuer>] = [
    .value("enabled", \.enabled, .flag),
    .value("issuer_url", \.issuerURL, .text),
  ]

  var isEnabled: Bool { enabled }
}
