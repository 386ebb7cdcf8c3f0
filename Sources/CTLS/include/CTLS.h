// CTLS: the door to libssl of OpenSSL 3: the server's side of TLS in memory, and a certificate.
//
// libssl.so.3 is loaded at its first use: a project without TLS does not pay for it. A context may
// be shared by threads; a connection belongs to one at a time. Bytes of the network go in by
// `hb_tls_feed` and come out by `hb_tls_take`; nothing here has a socket.
// Never: a version before TLS 1.2, a question for a password, an entry left in OpenSSL's queue of
// errors.
#ifndef HOMEBASE_CTLS_H
#define HOMEBASE_CTLS_H

#include <stddef.h>
#include <stdint.h>

// What became of files or of a call.
enum {
  HB_TLS_GOOD = 0,
  HB_TLS_NO_LIBRARY = 1,   // no libssl.so.3, or one that lacks something
  HB_TLS_CERTIFICATE = 2,  // the file is no certificate in PEM
  HB_TLS_KEY = 3,          // the file is no key in PEM, or wants a password
  HB_TLS_MISMATCH = 4,     // the key is another certificate's
  HB_TLS_FAILED = 5,       // no memory, or no randomness
  HB_TLS_AGAIN = 6,        // more bytes of the network are needed
  HB_TLS_BROKEN = 7,       // the other side does not speak TLS, or ended it with an alert
  HB_TLS_ENDED = 8,        // the other side has no more to say
};

// A certificate with its key, for any number of connections.
typedef struct hb_tls_context hb_tls_context;

int hb_tls_context_make(const char *certificate, const char *key, hb_tls_context **context);
void hb_tls_context_free(hb_tls_context *context);

// One connection.
typedef struct hb_tls hb_tls;

// NULL when there is no memory. The context may be freed before it.
hb_tls *hb_tls_accept(hb_tls_context *context);
void hb_tls_free(hb_tls *tls);

// Takes bytes of the network. Returns 0 when there is no memory.
int hb_tls_feed(hb_tls *tls, const void *bytes, size_t count);
// Goes on with the handshake: GOOD, AGAIN or BROKEN.
int hb_tls_handshake(hb_tls *tls);
// Reads what the other side says, at most `room` bytes: GOOD, AGAIN, ENDED or BROKEN.
int hb_tls_read(hb_tls *tls, void *bytes, size_t room, size_t *count);
// Says something, after the handshake: GOOD or BROKEN.
int hb_tls_write(hb_tls *tls, const void *bytes, size_t count);
// Says that there is no more.
void hb_tls_end(hb_tls *tls);
// How many bytes wait for the network.
size_t hb_tls_waiting(hb_tls *tls);
// Hands them out; returns how many.
size_t hb_tls_take(hb_tls *tls, void *bytes, size_t room);
// Why the last call was BROKEN, in OpenSSL's words.
const char *hb_tls_reason(const hb_tls *tls);

// Makes a key on P-256 and a certificate for localhost, 127.0.0.1 and ::1 that it signs itself.
// Both are written as PEM with a zero byte; GOOD, NO_LIBRARY or FAILED.
int hb_tls_make_localhost(
  int64_t begin, int64_t end, char *certificate, size_t certificate_room, char *key,
  size_t key_room);
// When a certificate ends, in seconds since 1970; 0 when the file is none.
int64_t hb_tls_certificate_end(const char *certificate);

#endif
