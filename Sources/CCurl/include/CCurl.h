// CCurl: the door to libcurl, for requests to the world outside.
//
// libcurl.so.4 is loaded with dlopen at first use, not linked: it brings three dozen libraries
// along, and every command would pay for them. One thread serves all transfers that run at the
// same time, and keeps connections open for the next. Start at `http_load`.
// Never: a call of any other `http_` function before `http_load` has returned NULL.
#ifndef C_CURL_H
#define C_CURL_H

#include <stddef.h>

/// What is to be sent. Read during `http_start` only.
typedef struct {
  const char *method;
  const char *url;
  /// `Name: value`, closed by NULL.
  const char *const *headers;
  const char *body;
  size_t body_size;
  /// Whether there is a body, if an empty one.
  int has_body;
  long timeout_ms;
  /// At most so many redirects; 0 follows none.
  long redirects;
  /// Options by their name in curl_easy_setopt, without `CURLOPT_`, and values; closed by NULL.
  const char *const *option_names;
  const char *const *option_values;
} http_request;

/// What came back; lives during the callback only.
typedef struct {
  /// 0: an answer is there. Else libcurl's code, of which 28 is a timeout.
  int code;
  /// What `code` means, in libcurl's words.
  const char *failure;
  long status;
  /// The header lines of the last answer, each ended by CRLF.
  const char *headers;
  size_t headers_size;
  const char *body;
  size_t body_size;
  const char *content_type;
  /// Seconds from the beginning.
  double name_lookup, connected, ready, total;
} http_response;

/// Called once for each started request, on libcurl's own thread: it must not block.
typedef void (*http_done)(void *context, const http_response *response);

/// Loads libcurl. Returns NULL, or why it cannot be had.
const char *http_load(void);
/// Starts a request. Returns 0, or libcurl's code; then `done` is not called.
int http_start(const http_request *request, http_done done, void *context);
/// Whether an option's name is one that `http_request.option_names` may carry.
int http_knows_option(const char *name);

#endif
