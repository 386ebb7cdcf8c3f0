#define _GNU_SOURCE
#include "CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

// MARK: spawn

// The child shares our memory until exec (CLONE_VM), and this thread waits (CLONE_VFORK): what it
// writes here we read afterwards. No pipe is needed to carry the error.
typedef struct {
  const homebase_spawn_request *request;
  const int *descriptors;
  // Nothing from here on is for the child; -1: not known.
  int end;
  pid_t parent;
  volatile int error;
  volatile int stage;
} child_context;

enum { child_stack_size = 64 * 1024, most_descriptors = 64 };

static int child_fail(child_context *context, int stage) {
  context->error = errno;
  context->stage = stage;
  _exit(127);
}

static int child_main(void *argument) {
  child_context *context = argument;
  const homebase_spawn_request *request = context->request;

  for (int number = 1; number < NSIG; number++) {
    if (number == SIGKILL || number == SIGSTOP) continue;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, NULL);
  }
  if (request->stays_in_session) {
    setpgid(0, 0);
  } else {
    setsid();
  }

  // The table is still the parent's own: a copy of its beginning, which is short, becomes ours.
  // Copying all of it, and closing it again at exec, would cost more with every service that runs.
  if (context->end >= 0
      && syscall(SYS_close_range, (unsigned)context->end, ~0U, 2U /* CLOSE_RANGE_UNSHARE */) < 0
      && unshare(CLONE_FILES) < 0) {
    return child_fail(context, HOMEBASE_STAGE_DESCRIPTORS);
  }
  // First all above the numbers that will be used, then down: no descriptor overwrites another.
  int count = (int)request->descriptor_count;
  int high[most_descriptors];
  for (int i = 0; i < count; i++) {
    high[i] = fcntl(context->descriptors[i], F_DUPFD_CLOEXEC, count);
    if (high[i] < 0) return child_fail(context, HOMEBASE_STAGE_DESCRIPTORS);
  }
  for (int i = 0; i < count; i++) {
    if (dup2(high[i], i) < 0) return child_fail(context, HOMEBASE_STAGE_DESCRIPTORS);
  }
  if (syscall(SYS_close_range, (unsigned)count, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) < 0) {
    for (int fd = count; fd < 4096; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
  }

  // Raw system calls: glibc's wrappers would change the ids of the parent's threads too.
  if (request->changes_user) {
    if (syscall(SYS_setgroups, request->group_count, request->groups) < 0
        || syscall(SYS_setresgid, request->group_id, request->group_id, request->group_id) < 0
        || syscall(SYS_setresuid, request->user_id, request->user_id, request->user_id) < 0) {
      return child_fail(context, HOMEBASE_STAGE_USER);
    }
  }
  if (request->mask >= 0) umask((mode_t)request->mask);
  if (request->working_directory != NULL && chdir(request->working_directory) < 0) {
    return child_fail(context, HOMEBASE_STAGE_DIRECTORY);
  }
  // After the ids, which clear it. A parent that is gone already sends no signal.
  if (request->death_signal != 0) {
    prctl(PR_SET_PDEATHSIG, request->death_signal);
    if (getppid() != context->parent) {
      errno = ESRCH;
      return child_fail(context, HOMEBASE_STAGE_PARENT);
    }
  }
  uint64_t none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
  execve(request->executable, request->arguments, request->environment);
  return child_fail(context, HOMEBASE_STAGE_EXECUTE);
}

// Low numbers that a child's descriptors pass through, so that it needs the table's beginning only.
// Taken at the first spawn, when few are open; of one thread, which never ends, as its stack is.
enum { slot_count = 8 };
static __thread int slots[slot_count];
static __thread int slots_end = -1;
static __thread char *child_stack = NULL;

static int take_slots(void) {
  if (slots_end > 0) return 1;
  int null = open("/dev/null", O_RDWR | O_CLOEXEC), taken = 0, end = 0;
  if (null < 0) return 0;
  for (; taken < slot_count; taken++) {
    slots[taken] = fcntl(null, F_DUPFD_CLOEXEC, 3);
    if (slots[taken] < 0) break;
    if (slots[taken] >= end) end = slots[taken] + 1;
  }
  close(null);
  if (taken < slot_count) {
    while (taken > 0) close(slots[--taken]);
    return 0;
  }
  slots_end = end;
  return 1;
}

// Nothing of a child's may stay open here: a reader waits for its end.
static void empty_slots(int count, int spare) {
  for (int i = 0; i < count; i++) dup3(spare, slots[i], O_CLOEXEC);
}

homebase_spawn_result homebase_spawn(const homebase_spawn_request *request) {
  homebase_spawn_result result = {0, -1, 0, HOMEBASE_STAGE_NONE};
  if (request->descriptor_count > most_descriptors) {
    result.error = EMFILE;
    result.stage = HOMEBASE_STAGE_DESCRIPTORS;
    return result;
  }
  if (child_stack == NULL) {
    char *stack = mmap(
      NULL, child_stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1,
      0);
    if (stack == MAP_FAILED) {
      result.error = errno;
      result.stage = HOMEBASE_STAGE_CLONE;
      return result;
    }
    child_stack = stack;
  }
  child_context context = {request, request->descriptors, -1, getpid(), 0, HOMEBASE_STAGE_NONE};
  int filled = 0, share_files = 0, count = (int)request->descriptor_count;
  // The last slot is never filled: the others are emptied with it.
  if (count < slot_count && take_slots()) {
    while (filled < count && dup3(request->descriptors[filled], slots[filled], O_CLOEXEC) >= 0) {
      filled++;
    }
    if (filled == count) {
      context.descriptors = slots;
      context.end = slots_end;
      share_files = CLONE_FILES;
    }
  }

  // Everything, glibc's own signals included: no handler may run in the shared memory.
  uint64_t all = ~0ULL, before = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
  int pidfd = -1;
  pid_t pid = clone(
    child_main, child_stack + child_stack_size,
    CLONE_VM | CLONE_VFORK | CLONE_PIDFD | share_files | SIGCHLD, &context, &pidfd);
  int clone_error = errno;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
  empty_slots(filled, slots[slot_count - 1]);

  if (pid < 0) {
    result.error = clone_error;
    result.stage = HOMEBASE_STAGE_CLONE;
    return result;
  }
  if (context.stage != HOMEBASE_STAGE_NONE) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    if (pidfd >= 0) close(pidfd);
    result.error = context.error;
    result.stage = context.stage;
    return result;
  }
  result.pid = pid;
  result.pidfd = pidfd;
  return result;
}

// MARK: guardian

static int64_t milliseconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// "/proc/PID/…" without stdio: the guardian allocates nothing.
static void proc_path(char *out, size_t size, pid_t pid, const char *rest) {
  char digits[16];
  int count = 0;
  for (pid_t left = pid; left > 0 && count < 15; left /= 10) digits[count++] = '0' + left % 10;
  size_t at = 0;
  for (const char *from = "/proc/"; *from && at + 1 < size; from++) out[at++] = *from;
  while (count > 0 && at + 1 < size) out[at++] = digits[--count];
  for (; *rest && at + 1 < size; rest++) out[at++] = *rest;
  out[at] = 0;
}

static ssize_t read_file(const char *path, char *out, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t at = 0;
  while (at + 1 < size) {
    ssize_t got = read(fd, out + at, size - 1 - at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    at += (size_t)got;
  }
  close(fd);
  out[at] = 0;
  return (ssize_t)at;
}

enum { most_children = 2048 };

// The children of one process, whose only thread bears its pid (true for the guardian; for others
// it is the main thread, which is what single-threaded shells and forks have).
static int children_of(pid_t pid, pid_t *out, int capacity) {
  static char text[64 * 1024];
  char path[64], rest[48], digits[16];
  size_t at = 0;
  int length = 0;
  for (const char *from = "/task/"; *from; from++) rest[at++] = *from;
  for (pid_t left = pid; left > 0; left /= 10) digits[length++] = '0' + left % 10;
  while (length > 0) rest[at++] = digits[--length];
  for (const char *from = "/children"; *from; from++) rest[at++] = *from;
  rest[at] = 0;
  proc_path(path, sizeof path, pid, rest);
  if (read_file(path, text, sizeof text) < 0) return 0;
  int count = 0;
  pid_t current = 0;
  for (const char *from = text;; from++) {
    if (*from >= '0' && *from <= '9') {
      current = current * 10 + (*from - '0');
    } else {
      if (current > 0 && count < capacity) out[count++] = current;
      current = 0;
      if (*from == 0) break;
    }
  }
  return count;
}

static int is_postgres(pid_t pid) {
  char path[64], name[32];
  proc_path(path, sizeof path, pid, "/comm");
  ssize_t length = read_file(path, name, sizeof name);
  return length > 0 && (strcmp(name, "postgres\n") == 0 || strcmp(name, "postmaster\n") == 0);
}

static void reap(pid_t supervisor, int *supervisor_status, int *supervisor_ended, int *none_left) {
  *none_left = 0;
  for (;;) {
    int status = 0;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid == supervisor) {
      *supervisor_status = status;
      *supervisor_ended = 1;
    } else if (pid < 0 && errno == ECHILD) {
      *none_left = 1;
      return;
    } else if (pid <= 0 && errno != EINTR) {
      return;
    } else if (pid == 0) {
      return;
    }
  }
}

// A stopped process takes no other signal: wake all, whatever their depth.
static void wake_descendants(pid_t pid, int depth) {
  pid_t children[256];
  int count = children_of(pid, children, 256);
  for (int i = 0; i < count; i++) {
    kill(children[i], SIGCONT);
    if (depth < 16) wake_descendants(children[i], depth + 1);
  }
}

// The supervisor is dead: an orderly end for all within the grace, then none is left.
static void end_all(pid_t self, pid_t supervisor, const homebase_guardian_options *options) {
  static pid_t children[most_children];
  static struct told {
    pid_t pid;
    int quit;
  } told[most_children];
  int told_count = 0, status = 0, ended = 0, none_left = 0;
  int64_t start = milliseconds_now();
  wake_descendants(self, 0);
  for (;;) {
    reap(supervisor, &status, &ended, &none_left);
    if (none_left) return;
    int64_t passed = milliseconds_now() - start;
    int count = children_of(self, children, most_children);
    for (int i = 0; i < count; i++) {
      pid_t pid = children[i];
      int postgres = is_postgres(pid);
      int known = 0;
      while (known < told_count && told[known].pid != pid) known++;
      if (known == most_children) known--;
      if (known == told_count) {
        // PostgreSQL's SIGTERM waits for its clients; SIGINT is the fast shutdown.
        told[told_count++] = (struct told){pid, 0};
        kill(pid, postgres ? SIGINT : SIGTERM);
      }
      if (postgres && passed < options->postgres_kill_milliseconds) {
        // A long checkpoint: SIGQUIT ends it at once and leaves the rest to recovery.
        if (passed >= options->postgres_quit_milliseconds && !told[known].quit) {
          told[known].quit = 1;
          kill(pid, SIGQUIT);
        }
      } else if (passed >= options->grace_milliseconds) {
        kill(pid, SIGKILL);
      }
    }
    // A process stuck in the kernel cannot be ended by anybody: do not wait for it for ever.
    if (passed > options->postgres_kill_milliseconds + 10000) return;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    struct timespec wait = {0, 10 * 1000000};
    sigtimedwait(&child, NULL, &wait);
  }
}

static void __attribute__((noreturn)) guard(
  pid_t supervisor, const homebase_guardian_options *options
) {
  prctl(PR_SET_NAME, "homebase-guard");
  // Nothing of the supervisor's may be kept open by us: a reader waits for its end, a lock too.
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3 && null >= 0; fd++) dup2(null, fd);
  if (syscall(SYS_close_range, 3U, ~0U, 0U) < 0) {
    for (int fd = 3; fd < 4096; fd++) close(fd);
  }
  if (chdir("/") < 0) { /* the folder stays as it is */ }

  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCHLD);
  sigaddset(&awaited, SIGTERM);
  sigaddset(&awaited, SIGINT);
  sigaddset(&awaited, SIGHUP);
  sigaddset(&awaited, SIGQUIT);
  sigaddset(&awaited, SIGUSR1);
  sigaddset(&awaited, SIGUSR2);
  int status = 0, ended = 0, none_left = 0;
  for (;;) {
    reap(supervisor, &status, &ended, &none_left);
    if (ended || none_left) break;
    siginfo_t info;
    int number = sigwaitinfo(&awaited, &info);
    if (number <= 0 || number == SIGCHLD) continue;
    // A key on the terminal reached the supervisor as well, when it is in our group.
    if (info.si_code == SI_KERNEL && getpgid(supervisor) == getpgrp()) continue;
    kill(supervisor, number);
  }
  end_all(getpid(), supervisor, options);
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int homebase_guardian_run(const homebase_guardian_options *given) {
  static const homebase_guardian_options usual = {700, 1500, 3000};
  const homebase_guardian_options *options = given == NULL ? &usual : given;
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) return errno;
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t guardian = getpid();
  pid_t supervisor = fork();
  if (supervisor > 0) {
    homebase_give_back_program();
    guard(supervisor, options);
  }
  int failure = errno;
  if (supervisor == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != guardian) _exit(128 + SIGTERM);
  } else {
    prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  return supervisor == 0 ? 0 : failure;
}

// MARK: memory

// Segments that are never written hold nothing but what the file holds: the kernel reads a page
// again (from its cache) when it is next used. Relocated pages lie in writable segments.
static int give_back(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size;
  (void)unused;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
    uintptr_t start = object->dlpi_addr + segment->p_vaddr;
    uintptr_t end = start + segment->p_filesz;
    start &= ~(page - 1);
    // A last page may be shared with the next segment.
    end &= ~(page - 1);
    if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void homebase_give_back_program(void) { dl_iterate_phdr(give_back, NULL); }

// MARK: wrappers

int homebase_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
void homebase_set_name(const char *name) { prctl(PR_SET_NAME, name); }
void homebase_set_death_signal(int signal) { prctl(PR_SET_PDEATHSIG, signal); }

int homebase_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0U); }

int homebase_pidfd_send_signal(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0U);
}

int homebase_pidfd_wait(int pidfd, int keeps, int *code, int *signal) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  *code = -1;
  *signal = 0;
  int flags = WEXITED | WNOHANG | (keeps ? WNOWAIT : 0);
  while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, flags) < 0) {
    if (errno != EINTR) return -1;
  }
  if (info.si_pid == 0) return 0;
  if (info.si_code == CLD_EXITED) *code = info.si_status;
  else *signal = info.si_status;
  return 1;
}

int homebase_thread_id(void) { return (int)syscall(SYS_gettid); }

static void digits(char *out, int value, int count) {
  for (int i = count - 1; i >= 0; i--, value /= 10) out[i] = (char)('0' + value % 10);
}

void homebase_format_time(int64_t milliseconds, char *out) {
  int64_t seconds = milliseconds / 1000;
  int rest = (int)(milliseconds % 1000);
  if (rest < 0) {
    rest += 1000;
    seconds -= 1;
  }
  time_t moment = (time_t)seconds;
  struct tm parts;
  memset(&parts, 0, sizeof parts);
  gmtime_r(&moment, &parts);
  memcpy(out, "0000-00-00T00:00:00.000Z", 24);
  digits(out, parts.tm_year + 1900, 4);
  digits(out + 5, parts.tm_mon + 1, 2);
  digits(out + 8, parts.tm_mday, 2);
  digits(out + 11, parts.tm_hour, 2);
  digits(out + 14, parts.tm_min, 2);
  digits(out + 17, parts.tm_sec, 2);
  digits(out + 20, rest, 3);
}

int64_t homebase_parse_time(const char *text) {
  static const char shape[] = "0000-00-00T00:00:00.000Z";
  int fields[7] = {0}, field = 0;
  for (int i = 0; i < 24; i++) {
    if (shape[i] == '0') {
      if (text[i] < '0' || text[i] > '9') return INT64_MIN;
      fields[field] = fields[field] * 10 + (text[i] - '0');
    } else {
      if (text[i] != shape[i]) return INT64_MIN;
      field++;
    }
  }
  struct tm parts;
  memset(&parts, 0, sizeof parts);
  parts.tm_year = fields[0] - 1900;
  parts.tm_mon = fields[1] - 1;
  parts.tm_mday = fields[2];
  parts.tm_hour = fields[3];
  parts.tm_min = fields[4];
  parts.tm_sec = fields[5];
  return (int64_t)timegm(&parts) * 1000 + fields[6];
}

size_t homebase_frame_lines(
  const char *text, size_t length, const char *prefix, size_t prefix_length, size_t longest,
  char *out, size_t capacity, size_t *used
) {
  size_t at = 0, written = 0;
  while (at < length) {
    const char *end = memchr(text + at, '\n', length - at);
    if (end == NULL) break;
    size_t line = (size_t)(end - (text + at)), skip = 1;
    if (line > longest) {
      line = longest;
      skip = 0;
    } else if (line > 0 && text[at + line - 1] == '\r') {
      line -= 1;
      skip = 2;
    }
    if (written + prefix_length + line + 1 > capacity) break;
    memcpy(out + written, prefix, prefix_length);
    written += prefix_length;
    memcpy(out + written, text + at, line);
    written += line;
    out[written++] = '\n';
    at += line + skip;
  }
  *used = at;
  return written;
}

int homebase_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int homebase_epoll_add(int epoll, int descriptor, uint64_t token) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int homebase_epoll_remove(int epoll, int descriptor) {
  struct epoll_event event = {0};
  return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event);
}

int homebase_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeout_milliseconds) {
  struct epoll_event events[64];
  int count = epoll_wait(epoll, events, capacity < 64 ? capacity : 64, timeout_milliseconds);
  for (int i = 0; i < count; i++) tokens[i] = events[i].data.u64;
  return count < 0 ? 0 : count;
}

int homebase_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void homebase_eventfd_signal(int descriptor) {
  uint64_t one = 1;
  while (write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void homebase_eventfd_drain(int descriptor) {
  uint64_t count;
  while (read(descriptor, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

int homebase_inotify_create(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

int homebase_inotify_watch(int descriptor, const char *path) {
  return inotify_add_watch(
    descriptor, path, IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO);
}

int homebase_pipe(int *read_end, int *write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -1;
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  *read_end = ends[0];
  *write_end = ends[1];
  return 0;
}

int homebase_set_nonblocking(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}
