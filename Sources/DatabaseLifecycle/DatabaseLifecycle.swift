// DatabaseLifecycle: from migrations and seeds to a database that is ready to use.
//
// files → layers → template database → spares → reset. Start at `Reset.swift`; `Ledger.swift` says
// which databases there are, `LayerBuilder.swift` how one comes to be, `Swap.swift` how one goes live.
// Never: a failed reset that leaves no database; a spare of other files than those on disk.
// Knows clusters; knows no service.
