// CLibpq: the door to libpq, and to the few Linux calls its event loop needs.
//
// libpq.so.5 is loaded with dlopen at first use, not linked: it brings OpenSSL, Kerberos and
// LDAP along, and every command would pay their 5 ms at start. Start at `pq_load`.
// Never: a call of any other `pq_` function before `pq_load` has returned NULL.
#ifndef CLIBPQ_H
#define CLIBPQ_H

#include <errno.h>
#include <postgresql/libpq-fe.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <unistd.h>

// Every function we use: X(result, our name, libpq's name, parameters, arguments).
// One list makes the table, the loading and the wrappers: they cannot disagree.
#define PQ_FUNCTIONS(X)                                                                        \
  X(PGconn *, pq_connect_start, PQconnectStartParams,                                          \
    (const char *const *keywords, const char *const *values, int expand),                      \
    (keywords, values, expand))                                                                \
  X(PostgresPollingStatusType, pq_connect_poll, PQconnectPoll, (PGconn * c), (c))              \
  X(ConnStatusType, pq_status, PQstatus, (const PGconn *c), (c))                                          \
  X(PGTransactionStatusType, pq_transaction_status, PQtransactionStatus, (const PGconn *c),  \
    (c))                  \
  X(int, pq_socket, PQsocket, (const PGconn *c), (c))                                          \
  X(int, pq_backend_pid, PQbackendPID, (const PGconn *c), (c))                                 \
  X(int, pq_server_version, PQserverVersion, (const PGconn *c), (c))                           \
  X(const char *, pq_parameter_status, PQparameterStatus, (const PGconn *c, const char *name), \
    (c, name))                                                                                 \
  X(char *, pq_error_message, PQerrorMessage, (const PGconn *c), (c))                          \
  X(int, pq_set_error_verbosity, PQsetErrorVerbosity, (PGconn * c, PGVerbosity v), (c, v))     \
  X(PQnoticeReceiver, pq_set_notice_receiver, PQsetNoticeReceiver,                             \
    (PGconn * c, PQnoticeReceiver receiver, void *argument), (c, receiver, argument))          \
  X(int, pq_set_nonblocking, PQsetnonblocking, (PGconn * c, int on), (c, on))                  \
  X(int, pq_send_query, PQsendQuery, (PGconn * c, const char *sql), (c, sql))                  \
  X(int, pq_send_query_params, PQsendQueryParams,                                              \
    (PGconn * c, const char *sql, int count, const Oid *types, const char *const *values,      \
     const int *lengths, const int *formats, int binary),                                      \
    (c, sql, count, types, values, lengths, formats, binary))                                  \
  X(int, pq_send_prepare, PQsendPrepare,                                                       \
    (PGconn * c, const char *name, const char *sql, int count, const Oid *types),              \
    (c, name, sql, count, types))                                                              \
  X(int, pq_send_query_prepared, PQsendQueryPrepared,                                          \
    (PGconn * c, const char *name, int count, const char *const *values, const int *lengths,   \
     const int *formats, int binary),                                                          \
    (c, name, count, values, lengths, formats, binary))                                        \
  X(int, pq_enter_pipeline_mode, PQenterPipelineMode, (PGconn * c), (c))                       \
  X(int, pq_exit_pipeline_mode, PQexitPipelineMode, (PGconn * c), (c))                         \
  X(int, pq_pipeline_sync, PQpipelineSync, (PGconn * c), (c))                                  \
  X(int, pq_send_flush_request, PQsendFlushRequest, (PGconn * c), (c))                         \
  X(int, pq_flush, PQflush, (PGconn * c), (c))                                                 \
  X(int, pq_consume_input, PQconsumeInput, (PGconn * c), (c))                                  \
  X(int, pq_is_busy, PQisBusy, (PGconn * c), (c))                                              \
  X(PGresult *, pq_get_result, PQgetResult, (PGconn * c), (c))                                 \
  X(PGnotify *, pq_notifies, PQnotifies, (PGconn * c), (c))                                    \
  X(int, pq_put_copy_data, PQputCopyData, (PGconn * c, const char *bytes, int count),          \
    (c, bytes, count))                                                                         \
  X(int, pq_put_copy_end, PQputCopyEnd, (PGconn * c, const char *error), (c, error))           \
  X(int, pq_get_copy_data, PQgetCopyData, (PGconn * c, char **buffer, int async),              \
    (c, buffer, async))                                                                        \
  X(ExecStatusType, pq_result_status, PQresultStatus, (const PGresult *r), (r))                           \
  X(char *, pq_result_error_field, PQresultErrorField, (const PGresult *r, int code),          \
    (r, code))                                                                                 \
  X(char *, pq_result_error_message, PQresultErrorMessage, (const PGresult *r), (r))           \
  X(int, pq_ntuples, PQntuples, (const PGresult *r), (r))                                      \
  X(int, pq_nfields, PQnfields, (const PGresult *r), (r))                                      \
  X(char *, pq_fname, PQfname, (const PGresult *r, int column), (r, column))                   \
  X(Oid, pq_ftype, PQftype, (const PGresult *r, int column), (r, column))                      \
  X(int, pq_getisnull, PQgetisnull, (const PGresult *r, int row, int column),                  \
    (r, row, column))                                                                          \
  X(int, pq_getlength, PQgetlength, (const PGresult *r, int row, int column),                  \
    (r, row, column))                                                                          \
  X(char *, pq_getvalue, PQgetvalue, (const PGresult *r, int row, int column),                 \
    (r, row, column))                                                                          \
  X(char *, pq_cmd_status, PQcmdStatus, (PGresult * r), (r))                                   \
  X(char *, pq_cmd_tuples, PQcmdTuples, (PGresult * r), (r))                                   \
  X(PGcancel *, pq_get_cancel, PQgetCancel, (PGconn * c), (c))                                 \
  X(int, pq_cancel, PQcancel, (PGcancel * cancel, char *error, int size),                      \
    (cancel, error, size))

// Those that return nothing: X(our name, libpq's name, parameters, arguments).
#define PQ_PROCEDURES(X)                                      \
  X(pq_finish, PQfinish, (PGconn * c), (c))                   \
  X(pq_clear, PQclear, (PGresult * r), (r))                   \
  X(pq_freemem, PQfreemem, (void *memory), (memory))          \
  X(pq_free_cancel, PQfreeCancel, (PGcancel * cancel), (cancel))

#define PQ_FIELD(result, name, symbol, parameters, arguments) result(*name) parameters;
#define PQ_VOID_FIELD(name, symbol, parameters, arguments) void(*name) parameters;
struct pq_table {
  PQ_FUNCTIONS(PQ_FIELD)
  PQ_PROCEDURES(PQ_VOID_FIELD)
};
#undef PQ_FIELD
#undef PQ_VOID_FIELD

/// Filled by `pq_load`, once; constant from then on.
extern struct pq_table pq_loaded;

#define PQ_WRAPPER(result, name, symbol, parameters, arguments) \
  static inline result name parameters { return pq_loaded.name arguments; }
#define PQ_VOID_WRAPPER(name, symbol, parameters, arguments) \
  static inline void name parameters { pq_loaded.name arguments; }
PQ_FUNCTIONS(PQ_WRAPPER)
PQ_PROCEDURES(PQ_VOID_WRAPPER)
#undef PQ_WRAPPER
#undef PQ_VOID_WRAPPER

/// Loads libpq at the first call; any thread may call it, at any time.
/// Returns NULL when it is loaded, else why not (a text that lives for ever).
const char *pq_load(void);

/// A cell of a result: NULL for SQL's null, else its bytes, `*length` of them.
static inline const char *pq_cell(const PGresult *result, int row, int column, int *length) {
  if (pq_loaded.pq_getisnull(result, row, column)) return NULL;
  *length = pq_loaded.pq_getlength(result, row, column);
  return pq_loaded.pq_getvalue(result, row, column);
}

/// The codes for `pq_result_error_field`: Swift cannot see libpq's, which are character macros.
enum pq_field {
  PQ_FIELD_SEVERITY = PG_DIAG_SEVERITY,
  PQ_FIELD_SEVERITY_NONLOCALIZED = PG_DIAG_SEVERITY_NONLOCALIZED,
  PQ_FIELD_SQLSTATE = PG_DIAG_SQLSTATE,
  PQ_FIELD_MESSAGE_PRIMARY = PG_DIAG_MESSAGE_PRIMARY,
  PQ_FIELD_MESSAGE_DETAIL = PG_DIAG_MESSAGE_DETAIL,
  PQ_FIELD_MESSAGE_HINT = PG_DIAG_MESSAGE_HINT,
  PQ_FIELD_STATEMENT_POSITION = PG_DIAG_STATEMENT_POSITION,
  PQ_FIELD_INTERNAL_POSITION = PG_DIAG_INTERNAL_POSITION,
  PQ_FIELD_INTERNAL_QUERY = PG_DIAG_INTERNAL_QUERY,
  PQ_FIELD_CONTEXT = PG_DIAG_CONTEXT,
  PQ_FIELD_SCHEMA_NAME = PG_DIAG_SCHEMA_NAME,
  PQ_FIELD_TABLE_NAME = PG_DIAG_TABLE_NAME,
  PQ_FIELD_COLUMN_NAME = PG_DIAG_COLUMN_NAME,
  PQ_FIELD_DATATYPE_NAME = PG_DIAG_DATATYPE_NAME,
  PQ_FIELD_CONSTRAINT_NAME = PG_DIAG_CONSTRAINT_NAME,
};

// --- Linux: epoll and a thread, which Swift's Glibc module lacks ---

static inline int loop_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

/// Watches a descriptor, or changes how it is watched. Returns 0 or an errno.
/// A descriptor that libpq closed and opened anew under the same number is no longer in the
/// kernel's set: then the change becomes an addition.
static inline int loop_watch(int loop, int descriptor, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data = {.u64 = token}};
  if (epoll_ctl(loop, EPOLL_CTL_MOD, descriptor, &event) == 0) return 0;
  if (errno == ENOENT && epoll_ctl(loop, EPOLL_CTL_ADD, descriptor, &event) == 0) return 0;
  return errno;
}

static inline void loop_forget(int loop, int descriptor) {
  epoll_ctl(loop, EPOLL_CTL_DEL, descriptor, NULL);
}

struct loop_event {
  uint32_t events;
  uint64_t token;
};

/// Waits for events without a time limit. Returns how many, or -1 with errno.
int loop_wait(int loop, struct loop_event *events, int capacity);

enum { LOOP_READABLE = EPOLLIN, LOOP_WRITABLE = EPOLLOUT };

/// Starts a detached thread with all signals blocked: they belong to the program's main thread.
/// `name` lives for ever and has at most 15 bytes. Returns 0 or an errno.
int thread_start(const char *name, void (*body)(void *), void *argument);

#endif
