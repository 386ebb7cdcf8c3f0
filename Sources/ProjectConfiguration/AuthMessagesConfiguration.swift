/// `[auth.email]`: signing up and in by mail.
package struct EmailConfiguration: Sendable, Hashable {
  /// Whether people may sign up by mail.
  package var enableSignup: Bool = true
  /// Whether both addresses confirm a change.
  package var doubleConfirmChanges: Bool = true
  /// Whether an address must be confirmed before the first sign-in.
  package var enableConfirmations: Bool = false
  /// Whether a new password needs a recent sign-in.
  package var securePasswordChange: Bool = false
  /// The least time between two mails.
  package var maxFrequency: Duration = .seconds(1)
  /// Digits of a one-time password.
  package var otpLength: Int = 6
  /// How long a one-time password works.
  package var otpExpiryInSeconds: Int = 3600
  /// `[auth.email.smtp]`; nil means the local mailbox.
  package var smtp: SMTPConfiguration?
  /// `[auth.email.template.<kind>]`.
  package var template: [String: MailTemplate] = [:]
  /// `[auth.email.notification.<kind>]`.
  package var notification: [String: MailNotification] = [:]

  /// The defaults.
  package init() {}
}

extension EmailConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<EmailConfiguration>] = [
    .value("enable_signup", \.enableSignup, .flag),
    .value("double_confirm_changes", \.doubleConfirmChanges, .flag),
    .value("enable_confirmations", \.enableConfirmations, .flag),
    .value("secure_password_change", \.securePasswordChange, .flag),
    .value("max_frequency", \.maxFrequency, .duration),
    .value("otp_length", \.otpLength, .integer(in: 6...10)),
    .value("otp_expiry", \.otpExpiryInSeconds, .count),
    .optionalSection("smtp", \.smtp),
    .sections("template", \.template, among: MailTemplate.names),
    .sections("notification", \.notification, among: MailNotification.names),
  ]
}

/// `[auth.email.smtp]`: a real mail server.
package struct SMTPConfiguration: Sendable, Hashable {
  /// Off: mail goes to the local mailbox.
  package var enabled: Bool = true
  /// The server.
  package var host: String = ""
  /// Its port.
  package var port: Int = 0
  /// The name to sign in with.
  package var user: String = ""
  /// The password to sign in with.
  package var password: Secret = ""
  /// The sender.
  package var adminEmail: String = ""
  /// The sender's name.
  package var senderName: String = ""

  /// The defaults.
  package init() {}
}

extension SMTPConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<SMTPConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("host", \.host, .text),
    .value("port", \.port, .port),
    .value("user", \.user, .text),
    .value("pass", \.password, .secret),
    .value("admin_email", \.adminEmail, .text),
    .value("sender_name", \.senderName, .text),
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.email.template.<kind>]`: the text of a mail.
package struct MailTemplate: Sendable, Hashable {
  /// The subject; nil means the built-in one.
  package var subject: String?
  /// The HTML file, relative to the project's root.
  package var contentPath: String?

  /// The defaults.
  package init() {}
}

extension MailTemplate: ConfigurationSection {
  static let keys: [ConfigurationKey<MailTemplate>] = [
    .value("subject", \.subject, .optional(.text)),
    .value("content_path", \.contentPath, .optional(.text)),
  ]
}

extension MailTemplate {
  static let names = [
    "invite",
    "confirmation",
    "recovery",
    "magic_link",
    "email_change",
    "reauthentication",
  ]
}

/// `[auth.email.notification.<kind>]`: a mail about a change of the account.
package struct MailNotification: Sendable, Hashable {
  /// Whether it is sent.
  package var enabled: Bool = false
  /// The subject; nil means the built-in one.
  package var subject: String?
  /// The HTML file, relative to the configuration's folder.
  package var contentPath: String?

  /// The defaults.
  package init() {}
}

extension MailNotification: ConfigurationSection {
  static let keys: [ConfigurationKey<MailNotification>] = [
    .value("enabled", \.enabled, .flag),
    .value("subject", \.subject, .optional(.text)),
    .value("content_path", \.contentPath, .optional(.text)),
  ]

  var isEnabled: Bool { enabled }
}

extension MailNotification {
  static let names = [
    "password_changed",
    "email_changed",
    "phone_changed",
    "identity_linked",
    "identity_unlinked",
    "mfa_factor_enrolled",
    "mfa_factor_unenrolled",
  ]
}

/// `[auth.sms]`: signing up and in by text message.
package struct SMSConfiguration: Sendable, Hashable {
  /// Whether people may sign up by phone.
  package var enableSignup: Bool = false
  /// Whether a number must be confirmed before the first sign-in.
  package var enableConfirmations: Bool = false
  /// The message.
  package var template: String = "Your code is {{ .Code }}"
  /// The least time between two messages.
  package var maxFrequency: Duration = .seconds(5)
  /// `[auth.sms.test_otp]`: codes that always work, by number.
  package var testOTP: [String: String] = [:]
  /// `[auth.sms.twilio]`: hosted only.
  package var twilio: TwilioConfiguration?
  /// `[auth.sms.twilio_verify]`: hosted only.
  package var twilioVerify: TwilioConfiguration?
  /// `[auth.sms.messagebird]`: hosted only.
  package var messagebird: MessageBirdConfiguration?
  /// `[auth.sms.textlocal]`: hosted only.
  package var textlocal: TextlocalConfiguration?
  /// `[auth.sms.vonage]`: hosted only.
  package var vonage: VonageConfiguration?

  /// The defaults.
  package init() {}
}

extension SMSConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<SMSConfiguration>] = [
    .value("enable_signup", \.enableSignup, .flag),
    .value("enable_confirmations", \.enableConfirmations, .flag),
    .value("template", \.template, .text),
    .value("max_frequency", \.maxFrequency, .duration),
    .values("test_otp", \.testOTP, .anyScalar),
    .optionalSection("twilio", \.twilio, hosted: true),
    .optionalSection("twilio_verify", \.twilioVerify, hosted: true),
    .optionalSection("messagebird", \.messagebird, hosted: true),
    .optionalSection("textlocal", \.textlocal, hosted: true),
    .optionalSection("vonage", \.vonage, hosted: true),
  ]
}

/// `[auth.sms.twilio]` and `[auth.sms.twilio_verify]`: hosted only.
package struct TwilioConfiguration: Sendable, Hashable {
  /// Whether it is used.
  package var enabled: Bool = false
  /// The account.
  package var accountSID: String = ""
  /// The message service.
  package var messageServiceSID: String = ""
  /// The key.
  package var authToken: Secret = ""

  /// The defaults.
  package init() {}
}

extension TwilioConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<TwilioConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("account_sid", \.accountSID, .text),
    .value("message_service_sid", \.messageServiceSID, .text),
    .value("auth_token", \.authToken, .secret),
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.sms.messagebird]`: hosted only.
package struct MessageBirdConfiguration: Sendable, Hashable {
  /// Whether it is used.
  package var enabled: Bool = false
  /// The sender.
  package var originator: String = ""
  /// The key.
  package var accessKey: Secret = ""

  /// The defaults.
  package init() {}
}

extension MessageBirdConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<MessageBirdConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("originator", \.originator, .text),
    .value("access_key", \.accessKey, .secret),
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.sms.textlocal]`: hosted only.
package struct TextlocalConfiguration: Sendable, Hashable {
  /// Whether it is used.
  package var enabled: Bool = false
  /// The sender.
  package var sender: String = ""
  /// The key.
  package var apiKey: Secret = ""

  /// The defaults.
  package init() {}
}

extension TextlocalConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<TextlocalConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("sender", \.sender, .text),
    .value("api_key", \.apiKey, .secret),
  ]

  var isEnabled: Bool { enabled }
}

/// `[auth.sms.vonage]`: hosted only.
package struct VonageConfiguration: Sendable, Hashable {
  /// Whether it is used.
  package var enabled: Bool = false
  /// The sender.
  package var from: String = ""
  /// The account.
  package var apiKey: String = ""
  /// The key.
  package var apiSecret: Secret = ""

  /// The defaults.
  package init() {}
}

extension VonageConfiguration: ConfigurationSection {
  static let keys: [ConfigurationKey<VonageConfiguration>] = [
    .value("enabled", \.enabled, .flag),
    .value("from", \.from, .text),
    .value("api_key", \.apiKey, .text),
    .value("api_secret", \.apiSecret, .secret),
  ]

  var isEnabled: Bool { enabled }
}
