// Diagnostics: the one error value that text, JSON and HTTP show.
//
// Each room throws its own typed error and says how it looks to people by
// `DiagnosticConvertible`. Start at `Diagnostic.swift`. Never: a secret in a message.
