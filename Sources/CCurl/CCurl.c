#define _GNU_SOURCE
#include "CCurl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// libcurl's functions, found at run time. The header's checking macros would wrap the names.
static struct {
  CURLcode (*global_init)(long);
  CURL *(*easy_init)(void);
  CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
  CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
  void (*easy_cleanup)(CURL *);
  const char *(*easy_strerror)(CURLcode);
  const struct curl_easyoption *(*easy_option_by_name)(const char *);
  struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
  void (*slist_free_all)(struct curl_slist *);
  CURLM *(*multi_init)(void);
  CURLMcode (*multi_add_handle)(CURLM *, CURL *);
  CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
  CURLMcode (*multi_perform)(CURLM *, int *);
  CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd *, unsigned, int, int *);
  CURLMcode (*multi_wakeup)(CURLM *);
  CURLMsg *(*multi_info_read)(CURLM *, int *);
  CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
} curl;

struct text {
  char *bytes;
  size_t size, capacity;
};

struct transfer {
  CURL *handle;
  struct curl_slist *headers;
  struct text head, body;
  char *sent;
  char failure[CURL_ERROR_SIZE];
  http_done done;
  void *context;
  struct transfer *next;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *failure;
static char failure_text[512];
static CURLM *multi;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
// What `http_start` has made and the thread has not yet taken.
static struct transfer *waiting;

static size_t append(char *bytes, size_t size, size_t count, void *pointer) {
  struct text *text = pointer;
  size_t more = size * count;
  if (text->size + more > text->capacity) {
    size_t capacity = (text->size + more) * 2 + 1024;
    char *grown = realloc(text->bytes, capacity);
    if (grown == NULL) return 0;
    text->bytes = grown;
    text->capacity = capacity;
  }
  memcpy(text->bytes + text->size, bytes, more);
  text->size += more;
  return more;
}

// A new status line begins a new answer: those of redirects and of `100 Continue` are not the last.
static size_t append_header(char *bytes, size_t size, size_t count, void *pointer) {
  struct text *text = pointer;
  if (size * count > 5 && memcmp(bytes, "HTTP/", 5) == 0) text->size = 0;
  return append(bytes, size, count, pointer);
}

static void finish(struct transfer *transfer, CURLcode code) {
  http_response response = {.code = code};
  char *type = NULL;
  response.failure = transfer->failure[0] ? transfer->failure : curl.easy_strerror(code);
  curl.easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &response.status);
  curl.easy_getinfo(transfer->handle, CURLINFO_CONTENT_TYPE, &type);
  curl.easy_getinfo(transfer->handle, CURLINFO_NAMELOOKUP_TIME, &response.name_lookup);
  curl.easy_getinfo(transfer->handle, CURLINFO_CONNECT_TIME, &response.connected);
  curl.easy_getinfo(transfer->handle, CURLINFO_PRETRANSFER_TIME, &response.ready);
  curl.easy_getinfo(transfer->handle, CURLINFO_TOTAL_TIME, &response.total);
  response.headers = transfer->head.bytes;
  response.headers_size = transfer->head.size;
  response.body = transfer->body.bytes;
  response.body_size = transfer->body.size;
  response.content_type = type;
  transfer->done(transfer->context, &response);
}

static void release(struct transfer *transfer) {
  if (transfer->handle != NULL) curl.easy_cleanup(transfer->handle);
  curl.slist_free_all(transfer->headers);
  free(transfer->head.bytes);
  free(transfer->body.bytes);
  free(transfer->sent);
  free(transfer);
}

static void *serve(void *unused) {
  (void)unused;
  for (;;) {
    pthread_mutex_lock(&lock);
    struct transfer *list = waiting;
    waiting = NULL;
    pthread_mutex_unlock(&lock);
    while (list != NULL) {
      struct transfer *next = list->next;
      curl.multi_add_handle(multi, list->handle);
      list = next;
    }
    int running = 0, left = 0;
    curl.multi_perform(multi, &running);
    CURLMsg *message;
    while ((message = curl.multi_info_read(multi, &left)) != NULL) {
      if (message->msg != CURLMSG_DONE) continue;
      // The message is gone once its handle is removed.
      CURLcode code = message->data.result;
      CURL *handle = message->easy_handle;
      struct transfer *transfer = NULL;
      curl.easy_getinfo(handle, CURLINFO_PRIVATE, &transfer);
      curl.multi_remove_handle(multi, handle);
      finish(transfer, code);
      release(transfer);
    }
    // Woken by `http_start`, and by libcurl's own timers; a minute only bounds a lost wake-up.
    curl.multi_poll(multi, NULL, 0, 60000, NULL);
  }
  return NULL;
}

static void *find(void *library, const char *symbol) {
  void *address = dlsym(library, symbol);
  if (address == NULL && failure == NULL) {
    snprintf(failure_text, sizeof failure_text, "libcurl.so.4 is too old: it has no %s", symbol);
    failure = failure_text;
  }
  return address;
}

static void load(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(failure_text, sizeof failure_text, "libcurl.so.4 cannot be loaded: %s",
             reason ? reason : "unknown reason");
    failure = failure_text;
    return;
  }
  // POSIX lets a data pointer be turned into a function pointer this way.
#define RESOLVE(name) *(void **)(&curl.name) = find(library, "curl_" #name)
  RESOLVE(global_init);
  RESOLVE(easy_init);
  RESOLVE(easy_setopt);
  RESOLVE(easy_getinfo);
  RESOLVE(easy_cleanup);
  RESOLVE(easy_strerror);
  RESOLVE(easy_option_by_name);
  RESOLVE(slist_append);
  RESOLVE(slist_free_all);
  RESOLVE(multi_init);
  RESOLVE(multi_add_handle);
  RESOLVE(multi_remove_handle);
  RESOLVE(multi_perform);
  RESOLVE(multi_poll);
  RESOLVE(multi_wakeup);
  RESOLVE(multi_info_read);
  RESOLVE(multi_setopt);
#undef RESOLVE
  if (failure != NULL) return;
  curl.global_init(CURL_GLOBAL_DEFAULT);
  multi = curl.multi_init();
  curl.multi_setopt(multi, CURLMOPT_MAXCONNECTS, 64L);
  // Signals are the program's business.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int code = pthread_create(&thread, NULL, serve, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (code != 0) {
    failure = "no thread for requests";
    return;
  }
  pthread_setname_np(thread, "http");
  pthread_detach(thread);
}

const char *http_load(void) {
  pthread_once(&once, load);
  return failure;
}

// Options that take a number or a text: those with pointers to functions and objects are not SQL's.
static const struct curl_easyoption *usable(const char *name) {
  const struct curl_easyoption *option = curl.easy_option_by_name(name);
  if (option == NULL) return NULL;
  switch (option->type) {
    case CURLOT_LONG:
    case CURLOT_VALUES:
    case CURLOT_STRING:
      return option;
    default:
      return NULL;
  }
}

int http_knows_option(const char *name) { return usable(name) != NULL; }

static CURLcode set_option(CURL *handle, const char *name, const char *value) {
  const struct curl_easyoption *option = usable(name);
  if (option == NULL) return CURLE_UNKNOWN_OPTION;
  if (option->type == CURLOT_STRING) return curl.easy_setopt(handle, option->id, value);
  char *end = NULL;
  long number = strtol(value, &end, 10);
  if (end == value || *end != 0) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl.easy_setopt(handle, option->id, number);
}

static CURLcode prepare(struct transfer *transfer, const http_request *request) {
  CURL *handle = transfer->handle;
  CURLcode code = CURLE_OK;
#define SET(option, value) \
  if (code == CURLE_OK) code = curl.easy_setopt(handle, option, value)
  SET(CURLOPT_PRIVATE, transfer);
  SET(CURLOPT_ERRORBUFFER, transfer->failure);
  SET(CURLOPT_NOSIGNAL, 1L);
  // Never file:, ftp: and the like: SQL must not read this machine's files.
  SET(CURLOPT_PROTOCOLS_STR, "http,https");
  SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  SET(CURLOPT_URL, request->url);
  SET(CURLOPT_TIMEOUT_MS, request->timeout_ms);
  SET(CURLOPT_FOLLOWLOCATION, request->redirects > 0 ? 1L : 0L);
  SET(CURLOPT_MAXREDIRS, request->redirects);
  SET(CURLOPT_ACCEPT_ENCODING, "");
  SET(CURLOPT_WRITEFUNCTION, append);
  SET(CURLOPT_WRITEDATA, &transfer->body);
  SET(CURLOPT_HEADERFUNCTION, append_header);
  SET(CURLOPT_HEADERDATA, &transfer->head);
  if (strcasecmp(request->method, "HEAD") == 0) {
    SET(CURLOPT_NOBODY, 1L);
  } else if (request->has_body) {
    transfer->sent = malloc(request->body_size + 1);
    if (transfer->sent == NULL) return CURLE_OUT_OF_MEMORY;
    if (request->body_size > 0) memcpy(transfer->sent, request->body, request->body_size);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
    SET(CURLOPT_POSTFIELDS, transfer->sent);
    SET(CURLOPT_CUSTOMREQUEST, request->method);
  } else {
    SET(CURLOPT_CUSTOMREQUEST, request->method);
  }
  for (const char *const *header = request->headers; header && *header; header++) {
    struct curl_slist *longer = curl.slist_append(transfer->headers, *header);
    if (longer == NULL) return CURLE_OUT_OF_MEMORY;
    transfer->headers = longer;
  }
  // Without this libcurl would wait a second for `100 Continue` before a large body.
  struct curl_slist *longer = curl.slist_append(transfer->headers, "Expect:");
  if (longer == NULL) return CURLE_OUT_OF_MEMORY;
  transfer->headers = longer;
  SET(CURLOPT_HTTPHEADER, transfer->headers);
#undef SET
  for (size_t i = 0; request->option_names && request->option_names[i] && code == CURLE_OK; i++) {
    code = set_option(handle, request->option_names[i], request->option_values[i]);
  }
  return code;
}

int http_start(const http_request *request, http_done done, void *context) {
  struct transfer *transfer = calloc(1, sizeof *transfer);
  if (transfer == NULL) return CURLE_OUT_OF_MEMORY;
  transfer->done = done;
  transfer->context = context;
  transfer->handle = curl.easy_init();
  CURLcode code = transfer->handle ? prepare(transfer, request) : CURLE_OUT_OF_MEMORY;
  if (code != CURLE_OK) {
    release(transfer);
    return code;
  }
  pthread_mutex_lock(&lock);
  // In the order in which they were started: the list is walked from its head.
  struct transfer **end = &waiting;
  while (*end != NULL) end = &(*end)->next;
  *end = transfer;
  pthread_mutex_unlock(&lock);
  curl.multi_wakeup(multi);
  return CURLE_OK;
}
