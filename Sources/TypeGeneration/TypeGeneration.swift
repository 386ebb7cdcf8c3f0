// TypeGeneration: from what a database's clients may ask for to the types of their language.
//
// `TypeMetadata` in, text out; a generator for each `TypeLanguage`, chosen in one place: `Types`.
// TypeScript is equal to the original's output, byte for byte: `TypeScriptGenerator` says what is
// written, `TypeScriptLayout` where the lines break. Swift compiles on any schema: `SwiftGenerator`,
// whose names are made in `SwiftNames`. `NameOrder` is everybody's order of names.
// Never: a connection to a database; output that depends on anything but the metadata.
