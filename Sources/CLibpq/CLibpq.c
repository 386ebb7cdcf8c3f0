#define _GNU_SOURCE
#include "CLibpq.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct pq_table pq_loaded;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *failure;
static char failure_text[512];

static void *library;

// Keeps the first failure only: the later ones follow from it.
static void *find(const char *symbol) {
  void *address = dlsym(library, symbol);
  if (address == NULL && failure == NULL) {
    snprintf(failure_text, sizeof failure_text,
             "libpq.so.5 is too old: it has no %s (version 14 or newer is needed)", symbol);
    failure = failure_text;
  }
  return address;
}

static void load(void) {
  library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(failure_text, sizeof failure_text, "libpq.so.5 cannot be loaded: %s",
             reason ? reason : "unknown reason");
    failure = failure_text;
    return;
  }
  // POSIX lets a data pointer be turned into a function pointer this way.
#define RESOLVE(result, name, symbol, parameters, arguments) \
  *(void **)(&pq_loaded.name) = find(#symbol);
#define VOID_RESOLVE(name, symbol, parameters, arguments) \
  *(void **)(&pq_loaded.name) = find(#symbol);
  PQ_FUNCTIONS(RESOLVE)
  PQ_PROCEDURES(VOID_RESOLVE)
#undef RESOLVE
#undef VOID_RESOLVE
}

const char *pq_load(void) {
  pthread_once(&once, load);
  return failure;
}

int loop_wait(int loop, struct loop_event *events, int capacity) {
  enum { LIMIT = 64 };
  struct epoll_event ready[LIMIT];
  int count = epoll_wait(loop, ready, capacity < LIMIT ? capacity : LIMIT, -1);
  for (int i = 0; i < count; i++) {
    events[i].events = ready[i].events;
    events[i].token = ready[i].data.u64;
  }
  return count;
}

struct start {
  const char *name;
  void (*body)(void *);
  void *argument;
};

static void *run(void *pointer) {
  struct start start = *(struct start *)pointer;
  free(pointer);
  // Here, not in the maker: a detached thread may be gone before its maker could name it.
  pthread_setname_np(pthread_self(), start.name);
  start.body(start.argument);
  return NULL;
}

int thread_start(const char *name, void (*body)(void *), void *argument) {
  struct start *start = malloc(sizeof *start);
  if (start == NULL) return ENOMEM;
  *start = (struct start){name, body, argument};

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);

  // A thread inherits the mask of its maker: block, make, restore.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, run, start);
  pthread_sigmask(SIG_SETMASK, &before, NULL);

  pthread_attr_destroy(&attributes);
  if (error != 0) free(start);
  return error;
}
