// CPgQuery: PostgreSQL 15's own parser (libpg_query), reduced to what Swift asks of it.
//
// Every function is safe to call from any thread; the library keeps its state per thread.
#ifndef HOMEBASE_CPGQUERY_H
#define HOMEBASE_CPGQUERY_H

// Parses a text. Returns the number of statements, or -1 for a syntax error: then *position is
// its character (from 1; 0 when unknown) and *message a copy that the caller frees with free().
int hb_parse(const char *sql, int *position, char **message);

// Parses a text to the JSON of its tree; NULL for a syntax error. The caller frees it with free().
char *hb_parse_tree(const char *sql);

#endif
