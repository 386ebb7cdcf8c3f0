#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/toml.h>

#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "CTOML.h"

struct ctoml_document {
  // Owns the strings that the events point to.
  toml::table root;
  std::vector<ctoml_event> events;
  std::string error;
  bool failed = false;
  uint32_t line = 0;
  uint32_t column = 0;
};

namespace {

void emit(ctoml_document &document, const toml::node &node, const toml::key *key) {
  ctoml_event event{};
  const auto value = node.source().begin;
  const auto place = key ? key->source().begin : value;
  event.line = place.line;
  event.column = place.column;
  event.value_line = value.line;
  event.value_column = value.column;
  if (key) {
    event.key = key->str().data();
    event.key_length = key->str().size();
  }
  if (const auto *table = node.as_table()) {
    event.kind = CTOML_TABLE_BEGIN;
    document.events.push_back(event);
    for (const auto &[child_key, child] : *table) emit(document, child, &child_key);
    event.kind = CTOML_TABLE_END;
    event.key = nullptr;
    event.key_length = 0;
  } else if (const auto *array = node.as_array()) {
    event.kind = CTOML_ARRAY_BEGIN;
    document.events.push_back(event);
    for (const auto &child : *array) emit(document, child, nullptr);
    event.kind = CTOML_ARRAY_END;
    event.key = nullptr;
    event.key_length = 0;
  } else if (const auto *string = node.as_string()) {
    event.kind = CTOML_STRING;
    event.text = string->get().data();
    event.text_length = string->get().size();
  } else if (const auto *integer = node.as_integer()) {
    event.kind = CTOML_INTEGER;
    event.integer = integer->get();
  } else if (const auto *floating = node.as_floating_point()) {
    event.kind = CTOML_FLOAT;
    event.floating = floating->get();
  } else if (const auto *boolean = node.as_boolean()) {
    event.kind = CTOML_BOOLEAN;
    event.boolean = boolean->get();
  } else {
    event.kind = CTOML_DATE_TIME;
  }
  document.events.push_back(event);
}

}  // namespace

ctoml_document *ctoml_parse(const char *text, size_t length) {
  auto *document = new (std::nothrow) ctoml_document;
  if (!document) return nullptr;
  // toml++ reports errors as values here; only memory can still throw.
  try {
    auto result = toml::parse(std::string_view(text, length));
    if (result.failed()) {
      document->failed = true;
      document->error = std::string(result.error().description());
      document->line = result.error().source().begin.line;
      document->column = result.error().source().begin.column;
    } else {
      document->root = std::move(result).table();
      emit(*document, document->root, nullptr);
    }
  } catch (...) {
    document->failed = true;
    document->events.clear();
  }
  return document;
}

const ctoml_event *ctoml_events(const ctoml_document *document, size_t *count) {
  *count = document->events.size();
  return document->events.data();
}

const char *ctoml_error(const ctoml_document *document, uint32_t *line, uint32_t *column) {
  if (!document->failed) return nullptr;
  *line = document->line;
  *column = document->column;
  return document->error.c_str();
}

void ctoml_free(ctoml_document *document) { delete document; }
