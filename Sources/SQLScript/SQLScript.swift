// SQLScript: from a file of SQL to statements that know where they stand in it.
//
// bytes → `Script` → `SQLStatement` (ranges, never copies) → facts, and excerpts for errors.
// Start at `Script.swift`; the rules of the language are in `SQLLexer.swift`, where a statement
// ends is decided in `StatementIterator.swift`. An own lexer and not libpg_query's: that one gives
// nothing at all for a script with an unterminated quote, and knows neither COPY data nor `\`.
// Never: a byte lost (the pieces joined are the file), a statement rejected, a database asked.
