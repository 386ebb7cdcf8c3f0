// IssuerKeys: the public keys of who signs tokens for a project elsewhere.
//
// config.toml names the issuer, its discovery document the keys; they are kept in a file for the
// days without a network. Start at `IssuerKeyStore.keys`.
// Never: a wait without an end, a kept file of another issuer, keys by http of an issuer by https.
