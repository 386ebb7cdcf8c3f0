// DatabaseCluster: one PostgreSQL server with its data folder, and the platform inside it.
//
// Finds an installation, keeps a finished cluster as an image in the user's cache, copies it for a
// project, says how the server is started and whether what it left is sound. Start at
// `Cluster.swift`; the platform's SQL begins at `Platform/PlatformSchema.swift`.
// Never: starts a project's server by itself (the supervisor does), touches a folder in which a
// server runs, knows migrations.
