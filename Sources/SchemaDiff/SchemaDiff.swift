// SchemaDiff: from two inventories to the statements that turn one database into the other.
//
// Pure: nothing is asked, nothing is run. Start at `difference(from:to:)`; `DiffPlan.swift` says
// what must be dropped, created or changed, the other files how each kind is spelled.
// Never: a statement before what it needs; a lost column that is not said to be lost.
