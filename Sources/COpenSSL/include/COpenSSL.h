// COpenSSL: the door to libcrypto of OpenSSL 3: digests, and keys that sign.
//
// Digests are linked in, from libcrypto.a: 50 kB that need no start of the library. Keys load
// libcrypto.so.3, which libpq needs as well, at their first use; linked, its tables would cost
// every command 0.8 ms at its start. The executable exports nothing of the archive: it would stand
// in for what libpq and libcurl load. Every function is safe to call from any thread.
// Never: a key that openssl.cnf bends, an exit handler, an entry left in OpenSSL's queue of errors.
#ifndef HOMEBASE_COPENSSL_H
#define HOMEBASE_COPENSSL_H

#include <stddef.h>
#include <stdint.h>

// A SHA-256 that is under way; a copy of it goes on by itself.
typedef struct {
  uint64_t state[14];
} hb_sha256;

void hb_sha256_start(hb_sha256 *hash);
void hb_sha256_add(hb_sha256 *hash, const void *bytes, size_t count);
// Writes 32 bytes; the state is of no use after it.
void hb_sha256_end(hb_sha256 *hash, uint8_t *digest);

// HMAC (RFC 2104) with the SHA-2 whose digest has `size` bytes: 32, 48 or 64. Returns 0 for others.
int hb_hmac(
  size_t size, const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *code);

// PBKDF2 (RFC 8018, 5.2) with HMAC-SHA-256.
void hb_pbkdf2_sha256(
  const void *password, size_t password_count, const void *salt, size_t salt_count,
  uint32_t iterations, uint8_t *result, size_t count);

// Whether two texts of one length are equal, in a time that does not depend on where they differ.
int hb_equal(const void *left, const void *right, size_t count);

// A public key, or a private key with its public part; never changes.
typedef struct hb_key hb_key;

void hb_key_free(hb_key *key);

// What became of a key's parts.
enum {
  HB_KEY_GOOD = 0,
  HB_KEY_MALFORMED = 1,  // the parts are no key, or do not belong together
  HB_KEY_FAILED = 2,     // no libcrypto.so.3, no memory, or no randomness
};

// P-256: each part has 32 bytes. `d` is NULL for a public key.
int hb_p256_generate(hb_key **key);
int hb_p256_make(const uint8_t *x, const uint8_t *y, const uint8_t *d, hb_key **key);
// Returns 0 when the key lacks one of the parts; `d` may be NULL.
int hb_p256_parts(const hb_key *key, uint8_t *x, uint8_t *y, uint8_t *d);

// RSA: the parts in the order n, e, d, p, q, dp, dq, qi, each big-endian.
enum { HB_RSA_PUBLIC_PARTS = 2, HB_RSA_PARTS = 8 };
int hb_rsa_generate(size_t bits, hb_key **key);
// `count` is 2 for a public key, 8 for a private one; `parts` lie one behind the other.
int hb_rsa_make(const uint8_t *parts, const size_t *sizes, size_t count, hb_key **key);
// The size of a part in bytes, written to `part` when there is room; 0 when there is none.
size_t hb_rsa_part(const hb_key *key, int index, uint8_t *part, size_t room);
size_t hb_rsa_bits(const hb_key *key);

// Signs with SHA-256: ECDSA as r and s of 32 bytes each, RSA as PKCS #1 v1.5. Returns the size of
// the signature; 0 when the key cannot sign or there is no room.
size_t hb_sign(
  const hb_key *key, const void *bytes, size_t count, uint8_t *signature, size_t room);
// Whether it is the signature of these bytes by this key, in the form of `hb_sign`, with the SHA-2
// whose digest has `digest_size` bytes: 32, 48 or 64. Returns 0 for others.
int hb_verify(
  const hb_key *key, size_t digest_size, const void *bytes, size_t count,
  const uint8_t *signature, size_t size);

#endif
