// CProcess: what the kernel offers for processes and Swift's Glibc module does not show.
//
// A spawn that changes the user safely, the guardian that leaves no orphan, pidfd, epoll, eventfd.
// Start at `homebase_spawn` and `homebase_guardian_run`.
// Never: an allocation or a glibc id wrapper in the child before exec.
#ifndef HOMEBASE_CPROCESS_H
#define HOMEBASE_CPROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Where a spawn stopped, so that the message can say what was wrong.
enum {
  HOMEBASE_STAGE_NONE = 0,
  HOMEBASE_STAGE_CLONE = 1,
  HOMEBASE_STAGE_DESCRIPTORS = 2,
  HOMEBASE_STAGE_USER = 3,
  HOMEBASE_STAGE_DIRECTORY = 4,
  HOMEBASE_STAGE_PARENT = 5,
  HOMEBASE_STAGE_EXECUTE = 6,
};

typedef struct {
  const char *_Nonnull executable;
  char *_Nullable const *_Nonnull arguments;    // ends with NULL
  char *_Nullable const *_Nonnull environment;  // ends with NULL
  const char *_Nullable working_directory;      // NULL: the parent's
  const int *_Nonnull descriptors;              // descriptors[i] becomes i in the child
  size_t descriptor_count;
  const uint32_t *_Nullable groups;             // supplementary groups, when changes_user
  size_t group_count;
  uint32_t user_id;
  uint32_t group_id;
  int changes_user;
  int death_signal;                             // 0: none; follows the calling THREAD
  int mask;                                     // umask; -1: the parent's
  int stays_in_session;                         // 1: a group of its own in the parent's session
} homebase_spawn_request;

typedef struct {
  pid_t pid;     // 0 when the spawn failed
  int pidfd;     // CLOEXEC; the caller closes it
  int error;     // errno of the stage that failed
  int stage;     // HOMEBASE_STAGE_…
} homebase_spawn_result;

// Starts a program in its own session, unless it stays in ours. The parent's thread waits until exec has worked or failed.
homebase_spawn_result homebase_spawn(const homebase_spawn_request *_Nonnull request);

typedef struct {
  int grace_milliseconds;           // orderly end of everything, then SIGKILL
  int postgres_quit_milliseconds;   // a PostgreSQL still busy then gets SIGQUIT
  int postgres_kill_milliseconds;   // and SIGKILL then
} homebase_guardian_options;

// Splits the process in two: returns in the child, which is the supervisor; the parent stays in
// here as the guardian and ends with the supervisor's exit code, when nothing is left.
// To be called at the very start of main, before any thread exists. NULL: the usual times.
// Returns 0, or an errno when no guardian could be made (the caller goes on without).
int homebase_guardian_run(const homebase_guardian_options *_Nullable options);

// Orphans of our children, of any depth, become ours. 0, or -1 with errno.
int homebase_become_subreaper(void);

// Takes the program's and its libraries' pages out of this process; those that are used come back
// one by one from the page cache. For a process that has finished much and now waits: start-up
// leaves 10 MiB behind that a waiting supervisor does not look at again.
void homebase_give_back_program(void);
// The name that `ps` and /proc/PID/comm show (15 bytes are kept).
void homebase_set_name(const char *_Nonnull name);
// Which signal this process gets when the thread that made it ends; 0: none.
void homebase_set_death_signal(int signal);

int homebase_pidfd_open(pid_t pid);
int homebase_pidfd_send_signal(int pidfd, int signal);
// The end of a pidfd's process, left as a zombie when `keeps`. 1: ended (code or signal set),
// 0: still running, -1: errno.
int homebase_pidfd_wait(int pidfd, int keeps, int *_Nonnull code, int *_Nonnull signal);
int homebase_thread_id(void);

// `YYYY-MM-DDTHH:MM:SS.mmmZ` (24 bytes, no NUL) from milliseconds since 1970, and back.
void homebase_format_time(int64_t milliseconds, char *_Nonnull out);
// INT64_MIN when the 24 bytes are no such time.
int64_t homebase_parse_time(const char *_Nonnull text);

// Copies whole lines of `text` to `out`, each behind the prefix, without CR, in pieces of at most
// `longest` bytes. Stops where no line end follows or `out` is full (at least prefix + longest + 1
// must be free). Returns what was written; `used` says what was read.
size_t homebase_frame_lines(
  const char *_Nonnull text, size_t length, const char *_Nonnull prefix, size_t prefix_length,
  size_t longest, char *_Nonnull out, size_t capacity, size_t *_Nonnull used);

int homebase_epoll_create(void);
int homebase_epoll_add(int epoll, int descriptor, uint64_t token);
int homebase_epoll_remove(int epoll, int descriptor);
// Fills tokens; the count, or 0 when interrupted or timed out. A negative timeout waits for ever.
int homebase_epoll_wait(
  int epoll, uint64_t *_Nonnull tokens, int capacity, int timeout_milliseconds);

int homebase_eventfd(void);
void homebase_eventfd_signal(int descriptor);
void homebase_eventfd_drain(int descriptor);

// inotify on a path (IN_CLOSE_WRITE, IN_CREATE, IN_DELETE, IN_MOVE): a nonblocking descriptor.
int homebase_inotify_create(void);
int homebase_inotify_watch(int descriptor, const char *_Nonnull path);

// A pipe whose ends close on exec; the read end does not block.
int homebase_pipe(int *_Nonnull read_end, int *_Nonnull write_end);
int homebase_set_nonblocking(int descriptor);

#endif
