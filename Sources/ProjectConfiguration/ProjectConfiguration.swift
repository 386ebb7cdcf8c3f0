// ProjectConfiguration: config.toml, .env, layout, keys, ports: a typed value.
//
// Where a project is: `ProjectLayout.swift`. Where its state lives: `StateLocations.swift`.
// What its file says: `Configuration.swift`; every section lists its keys once, and that list feeds
// decoding, suggestions for misspelt keys, overrides by `SUPABASE_*`, and the docs of defaults.
// Ports that are taken: `PortReservation.swift`.
// Never: a failure because of a key that we do not know; a secret in a message; a write into the
// project's folder; reading config.toml to find a control socket.
