// Console: how homebase speaks to a person or a script.
//
// Results go to standard output, all else to standard error. With JSON, standard output gets
// exactly one document, failures too, and progress is silent. Colours, spinners and questions are
// for terminals only. Start at `Output.swift`; values become text in `Table.swift`,
// `Quantities.swift` and `DisplayWidth.swift`.
// Never: a decision about the work, a read of the user's files.
