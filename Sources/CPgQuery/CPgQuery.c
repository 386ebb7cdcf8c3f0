#include "CPgQuery.h"

#include <pg_query.h>
#include <stdlib.h>
#include <string.h>

int hb_parse(const char *sql, int *position, char **message) {
  *position = 0;
  *message = NULL;
  PgQuerySplitResult result = pg_query_split_with_parser(sql);
  int count = -1;
  if (result.error) {
    *position = result.error->cursorpos;
    *message = strdup(result.error->message ? result.error->message : "");
  } else {
    count = result.n_stmts;
  }
  pg_query_free_split_result(result);
  return count;
}

char *hb_parse_tree(const char *sql) {
  PgQueryParseResult result = pg_query_parse(sql);
  char *tree = result.error || !result.parse_tree ? NULL : strdup(result.parse_tree);
  pg_query_free_parse_result(result);
  return tree;
}
