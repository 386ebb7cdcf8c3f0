// CTOML: a TOML text in, a flat list of events with positions out.
//
// A thin door to toml++ (header only). Nothing of C++ is visible here, and no exception leaves it.

#ifndef CTOML_H
#define CTOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ctoml_kind {
  CTOML_TABLE_BEGIN,
  CTOML_TABLE_END,
  CTOML_ARRAY_BEGIN,
  CTOML_ARRAY_END,
  CTOML_STRING,
  CTOML_INTEGER,
  CTOML_FLOAT,
  CTOML_BOOLEAN,
  // A date, a time, or both: only its position is told.
  CTOML_DATE_TIME,
} ctoml_kind;

typedef struct ctoml_event {
  ctoml_kind kind;
  // NULL in an array, at an end, and for the document itself. Not zero-terminated.
  const char *key;
  size_t key_length;
  // CTOML_STRING only. Not zero-terminated; may hold zero bytes.
  const char *text;
  size_t text_length;
  int64_t integer;
  double floating;
  bool boolean;
  // Of the key where there is one, else of the value. Counted from 1, columns in code points.
  uint32_t line;
  uint32_t column;
  uint32_t value_line;
  uint32_t value_column;
} ctoml_event;

typedef struct ctoml_document ctoml_document;

// Never NULL, except when memory is out. Release with `ctoml_free`.
ctoml_document *ctoml_parse(const char *text, size_t length);

// The events of a document without errors: a table's begin, its contents, its end.
const ctoml_event *ctoml_events(const ctoml_document *document, size_t *count);

// NULL when the text is valid TOML.
const char *ctoml_error(const ctoml_document *document, uint32_t *line, uint32_t *column);

void ctoml_free(ctoml_document *document);

#ifdef __cplusplus
}
#endif

#endif
