/// `[auth]`: users and their sessions.
package struct AuthConfiguration: Sendable, Hashable {
  /// Off: the service is not started.
  package var enabled: Bool = true
  /// The app: where links in mails lead.
  package var siteURL: String = "http://127.0.0.1:3000"
  /// Other addresses that a sign-in may return to; globs.
  package var additionalRedirectURLs: [String] = ["https://127.0.0.1:3000"]
  /// The service as clients reach it; nil means the API's address and `/auth/v1`.
  package var externalURL: String?
  /// The `iss` of user tokens; nil means the external address.
  package var jwtIssuer: String?
  /// How long an access token lives.
  package var jwtExpiryInSeconds: Int = 3600
  /// What tokens are signed with; nil means the well-known local one.
  package var jwtSecret: Secret?
  /// The legacy public key; nil means derived from the secret.
  package var anonKey: Secret?
  /// The legacy secret key; nil means derived from the secret.
  package var serviceRoleKey: Secret?
  /// The public key; nil means the well-known local one.
  package var publishableKey: Secret?
  /// The secret key; nil means the well-known local one.
  package var secretKey: Secret?
  /// A file of signing keys, relative to the configuration's folder.
  package var signingKeysPath: String?
  /// Whether a refresh token works once only.
  package var enableRefreshTokenRotation: Bool = true
  /// How long a used refresh token still works.
  package var refreshTokenReuseIntervalInSeconds: Int = 10
  /// Whether people may sign up.
  package var enableSignup: Bool = true
  /// Whether people may sign in without a name.
  package var enableAnonymousSignIns: Bool = false
  /// Whether a user may link identities.
  package var enableManualLinking: Bool = false
  /// In characters.
  package var minimumPasswordLength: Int = 6
  /// Which characters a password needs.
  package var passwordRequirements: PasswordRequirements = .none
  /// `[auth.passkey]`.
  package var passkey: ToggleConfiguration?
  /// `[auth.webauthn]`.
  package var webauthn: WebAuthnConfiguration?
  /// `[auth.rate_limit]`.
  package var rateLimit: RateLimitConfiguration = RateLimitConfiguration()
  /// `[auth.captcha]`: any token is taken locally.
  package var captcha: CaptchaConfiguration?
  /// `[auth.sessions]`.
  package var sessions: SessionsConfiguration = SessionsConfiguration()
  /// `[auth.oauth_server]`.
  package var oauthServer: OAuthServerConfiguration = OAuthServerConfiguration()
  /// `[auth.web3]`.
  package var web3: Web3Configuration = Web3Configuration()
  /// `[auth.third_party]`.
  package var thirdParty: ThirdPartyConfiguration = ThirdPartyConfiguration()
  /// `[auth.email]`.
  package var email: EmailConfiguration = EmailConfiguration()
  /// `[auth.sms]`.
  package var sms: SMSConfiguration = SMSConfiguration()
  /// `[auth.mfa]`.
  package var mfa: MFAConfiguration = MFAConfiguration()
  /// `[auth.hook]`.
  package var hook: HooksConfiguration = HooksConfiguration()
  /// `[auth.external.<provider>]`: only those of the file.
  package var external: [String: ProviderConfiguration] = [:]

  /// The defaults.
  package init() {}
}

extension AuthConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<AuthConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("site_url", \.siteURL, .text),
    .value("additional_redirect_urls", \.additionalRedirectURLs, .texts),
    .value("external_url", \.externalURL, .optional(.url)),
    .value("jwt_issuer", \.jwtIssuer, .optional(.text)),
    .value("jwt_expiry", \.jwtExpiryInSeconds, .integer(in: 0...604_800)),
    .value("jwt_secret", \.jwtSecret, .optional(.secret(atLeast: 16))),
    .value("anon_key", \.anonKey, .optional(.secret)),
    .value("service_role_key", \.serviceRoleKey, .optional(.secret)),
    .value("publishable_key", \.publishableKey, .optional(.secret)),
    .value("secret_key", \.secretKey, .optional(.secret)),
    .value("signing_keys_path", \.signingKeysPath, .optional(.text)),
    .value("enable_refresh_token_rotation", \.enableRefreshTokenRotation, .flag),
    .value("refresh_token_reuse_interval", \.refreshTokenReuseIntervalInSeconds, .count),
    .value("enable_signup", \.enableSignup, .flag),
    .value("enable_anonymous_sign_ins", \.enableAnonymousSignIns, .flag),
    .value("enable_manual_linking", \.enableManualLinking, .flag),
    .value("minimum_password_length", \.minimumPasswordLength, .count),
    .value("password_requirements", \.passwordRequirements, .choice),
    .optionalSection("passkey", \.passkey),
    .optionalSection("webauthn", \.webauthn),
    .section("rate_limit", \.rateLimit),
    .optionalSection("captcha", \.captcha, hosted: true),
    .section("sessions", \.sessions),
    .section("oauth_server", \.oauthServer),
    .section("web3", \.web3),
    .section("third_party", \.thirdParty),
    .section("email", \.email),
    .section("sms", \.sms),
    .section("mfa", \.mfa),
    .section("hook", \.hook),
    .sections("external", \.external, among: ProviderConfiguration.names),
  ]

  var isEnabled: Bool { enabled }
}

extension AuthConfiguration {
  /// Which characters a password needs.
  package enum PasswordRequirements: String, Sendable, Hashable, CaseIterable {
    /// Any will do.
    case none = ""
    /// Letters and digits.
    case lettersDigits = "letters_digits"
    /// Small letters, capitals and digits.
    case lowerUpperLettersDigits = "lower_upper_letters_digits"
    /// Small letters, capitals, digits and symbols.
    case lowerUpperLettersDigitsSymbols = "lower_upper_letters_digits_symbols"
  }
}

/// A table with nothing but `enabled`, off by default.
package struct ToggleConfiguration: Sendable, Hashable {
  /// Whether it is on.
  package var enabled: Bool = false

  /// The defaults.
  package init() {}
}

extension ToggleConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<ToggleConfiguration>] = [
    .value("enabled", \.enabled, .flag)
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.webauthn]`: passkeys of a site.
package struct WebAuthnConfiguration: Sendable, Hashable {
  /// The site's name for people.
  package var displayName: String = ""
  /// The site's domain.
  package var relyingPartyID: String = ""
  /// The addresses it is served from.
  package var origins: [String] = []

  /// The defaults.
  package init() {}
}

extension WebAuthnConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<WebAuthnConfiguration>] = [
    .value("rp_display_name", \.displayName, .text),
    .value("rp_id", \.relyingPartyID, .text),
    .value("rp_origins", \.origins, .texts),
  ]
}

/// `[auth.rate_limit]`: mails and messages an hour, everything else in five minutes.
package struct RateLimitConfiguration: Sendable, Hashable {
  /// Mails an hour.
  package var emailSent: Int = 2
  /// Text messages an hour.
  package var smsSent: Int = 30
  /// Anonymous sign-ins an hour of one address.
  package var anonymousUsers: Int = 30
  /// Refreshed sessions of one address.
  package var tokenRefresh: Int = 150
  /// Sign-ins and sign-ups of one address.
  package var signInSignUps: Int = 30
  /// One-time passwords of one address.
  package var tokenVerifications: Int = 30
  /// Wallet sign-ins of one address.
  package var web3: Int = 30

  /// The defaults.
  package init() {}
}

extension RateLimitConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<RateLimitConfiguration>] = [
    .value("email_sent", \.emailSent, .count),
    .value("sms_sent", \.smsSent, .count),
    .value("anonymous_users", \.anonymousUsers, .count),
    .value("token_refresh", \.tokenRefresh, .count),
    .value("sign_in_sign_ups", \.signInSignUps, .count),
    .value("token_verifications", \.tokenVerifications, .count),
    .value("web3", \.web3, .count),
  ]
}

/// `[auth.captcha]`: hosted only.
package struct CaptchaConfiguration: Sendable, Hashable {
  /// Ask for a captcha.
  package var enabled: Bool = false
  /// Who checks it.
  package var provider: Provider = .hcaptcha
  /// The key for the provider.
  package var secret: Secret = ""

  /// The defaults.
  package init() {}
}

extension CaptchaConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<CaptchaConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("provider", \.provider, .choice),
    .value("secret", \.secret, .secret),
  ]

  var isEnabled: Bool { enabled }
}

extension CaptchaConfiguration {
  /// Who checks a captcha.
  package enum Provider: String, Sendable, Hashable, CaseIterable {
    /// hCaptcha.
    case hcaptcha
    /// Cloudflare Turnstile.
    case turnstile
  }
}

/// `[auth.sessions]`: when a session ends.
package struct SessionsConfiguration: Sendable, Hashable {
  /// After the sign-in; nil means never.
  package var timebox: Duration?
  /// After the last refresh; nil means never.
  package var inactivityTimeout: Duration?

  /// The defaults.
  package init() {}
}

extension SessionsConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<SessionsConfiguration>] = [
    .value("timebox", \.timebox, .optional(.duration)),
    .value("inactivity_timeout", \.inactivityTimeout, .optional(.duration)),
  ]
}

/// `[auth.oauth_server]`: signing in to other apps with this one.
package struct OAuthServerConfiguration: Sendable, Hashable {
  /// Act as an OAuth server.
  package var enabled: Bool = false
  /// The app's page of consent.
  package var authorizationURLPath: String = "/oauth/consent"
  /// Whether clients may register themselves.
  package var allowDynamicRegistration: Bool = false

  /// The defaults.
  package init() {}
}

extension OAuthServerConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<OAuthServerConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("authorization_url_path", \.authorizationURLPath, .text),
    .value("allow_dynamic_registration", \.allowDynamicRegistration, .flag),
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.web3]`: signing in with a wallet.
package struct Web3Configuration: Sendable, Hashable {
  /// `[auth.web3.solana]`.
  package var solana: ToggleConfiguration = ToggleConfiguration()
  /// `[auth.web3.ethereum]`.
  package var ethereum: ToggleConfiguration = ToggleConfiguration()

  /// The defaults.
  package init() {}
}

extension Web3Configuration: ConfigurationSection {
  static let keys: [ConfigurationKey<Web3Configuration>] = [
    .section("solana", \.solana),
    .section("ethereum", \.ethereum),
  ]
}

/// `[auth.mfa]`: second factors.
package struct MFAConfiguration: Sendable, Hashable {
  /// The most factors of a user.
  package var maxEnrolledFactors: Int = 10
  /// `[auth.mfa.totp]`: an authenticator app.
  package var totp: MFAFactor = MFAFactor()
  /// `[auth.mfa.phone]`: a text message.
  package var phone: MFAPhone = MFAPhone()
  /// `[auth.mfa.web_authn]`: a security key.
  package var webAuthn: MFAFactor = MFAFactor()

  /// The defaults.
  package init() {}
}

extension MFAConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<MFAConfiguration>] = [
    .value("max_enrolled_factors", \.maxEnrolledFactors, .count),
    .section("totp", \.totp),
    .section("phone", \.phone),
    .section("web_authn", \.webAuthn),
  ]
}

/// `[auth.mfa.totp]` and `[auth.mfa.web_authn]`.
package struct MFAFactor: Sendable, Hashable {
  /// Whether new factors may be added.
  package var enrollEnabled: Bool = false
  /// Whether factors may be used.
  package var verifyEnabled: Bool = false

  /// The defaults.
  package init() {}
}

extension MFAFactor: ConfigurationSection {
  static let keys: [ConfigurationKey<MFAFactor>] = [
    .value("enroll_enabled", \.enrollEnabled, .flag),
    .value("verify_enabled", \.verifyEnabled, .flag),
  ]
}

/// `[auth.mfa.phone]`: a second factor by text message.
package struct MFAPhone: Sendable, Hashable {
  /// Whether new factors may be added.
  package var enrollEnabled: Bool = false
  /// Whether factors may be used.
  package var verifyEnabled: Bool = false
  /// Digits of the code.
  package var otpLength: Int = 6
  /// The message.
  package var template: String = "Your code is {{ .Code }}"
  /// The least time between two messages.
  package var maxFrequency: Duration = .seconds(5)

  /// The defaults.
  package init() {}
}

extension MFAPhone: ConfigurationSection {
  static let keys: [ConfigurationKey<MFAPhone>] = [
    .value("enroll_enabled", \.enrollEnabled, .flag),
    .value("verify_enabled", \.verifyEnabled, .flag),
    .value("otp_length", \.otpLength, .integer(in: 6...10)),
    .value("template", \.template, .text),
    .value("max_frequency", \.maxFrequency, .duration),
  ]
}
