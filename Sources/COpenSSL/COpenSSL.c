// The plain digest functions are marked as deprecated for the sake of replaceable providers.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "COpenSSL.h"

#include <dlfcn.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <string.h>

// MARK: - Digests

_Static_assert(sizeof(hb_sha256) >= sizeof(SHA256_CTX), "a SHA-256 has room");

void hb_sha256_start(hb_sha256 *hash) { SHA256_Init((SHA256_CTX *)hash); }

void hb_sha256_add(hb_sha256 *hash, const void *bytes, size_t count) {
  if (count > 0) SHA256_Update((SHA256_CTX *)hash, bytes, count);
}

void hb_sha256_end(hb_sha256 *hash, uint8_t *digest) {
  SHA256_Final(digest, (SHA256_CTX *)hash);
}

// SHA-384 is SHA-512 with another beginning and a shorter end.
typedef struct {
  size_t size;
  union {
    SHA256_CTX small;
    SHA512_CTX large;
  } state;
} digest_state;

static int start(digest_state *hash, size_t size) {
  hash->size = size;
  switch (size) {
    case SHA256_DIGEST_LENGTH: return SHA256_Init(&hash->state.small);
    case SHA384_DIGEST_LENGTH: return SHA384_Init(&hash->state.large);
    case SHA512_DIGEST_LENGTH: return SHA512_Init(&hash->state.large);
    default: return 0;
  }
}

static void add(digest_state *hash, const void *bytes, size_t count) {
  if (count == 0) return;
  if (hash->size == SHA256_DIGEST_LENGTH) {
    SHA256_Update(&hash->state.small, bytes, count);
  } else {
    SHA512_Update(&hash->state.large, bytes, count);
  }
}

static void end(digest_state *hash, uint8_t *digest) {
  if (hash->size == SHA256_DIGEST_LENGTH) {
    SHA256_Final(digest, &hash->state.small);
  } else {
    SHA512_Final(digest, &hash->state.large);
  }
}

// HMAC whose key is already in both hashes: each code starts from a copy.
typedef struct {
  digest_state inner, outer;
} hmac_key;

static int prepare(hmac_key *prepared, size_t size, const void *key, size_t key_count) {
  uint8_t block[SHA512_CBLOCK] = {0};
  size_t block_size = size == SHA256_DIGEST_LENGTH ? SHA256_CBLOCK : SHA512_CBLOCK;
  if (!start(&prepared->inner, size) || !start(&prepared->outer, size)) return 0;
  if (key_count > block_size) {
    digest_state hash;
    start(&hash, size);
    add(&hash, key, key_count);
    end(&hash, block);
  } else if (key_count > 0) {
    memcpy(block, key, key_count);
  }
  for (size_t i = 0; i < block_size; i++) block[i] ^= 0x36;
  add(&prepared->inner, block, block_size);
  for (size_t i = 0; i < block_size; i++) block[i] ^= 0x36 ^ 0x5c;
  add(&prepared->outer, block, block_size);
  OPENSSL_cleanse(block, sizeof block);
  return 1;
}

// `code` may be what is signed.
static void finish(const hmac_key *key, digest_state *inner, uint8_t *code) {
  digest_state outer = key->outer;
  end(inner, code);
  add(&outer, code, key->outer.size);
  end(&outer, code);
}

int hb_hmac(
  size_t size, const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *code) {
  hmac_key prepared;
  if (!prepare(&prepared, size, key, key_count)) return 0;
  digest_state inner = prepared.inner;
  add(&inner, bytes, count);
  finish(&prepared, &inner, code);
  OPENSSL_cleanse(&prepared, sizeof prepared);
  return 1;
}

void hb_pbkdf2_sha256(
  const void *password, size_t password_count, const void *salt, size_t salt_count,
  uint32_t iterations, uint8_t *result, size_t count) {
  enum { SIZE = SHA256_DIGEST_LENGTH };
  hmac_key key;
  prepare(&key, SIZE, password, password_count);
  for (uint32_t number = 1; count > 0; number++) {
    uint8_t last[SIZE], sum[SIZE];
    uint8_t index[4] = {
      (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
    digest_state inner = key.inner;
    add(&inner, salt, salt_count);
    add(&inner, index, sizeof index);
    finish(&key, &inner, last);
    memcpy(sum, last, SIZE);
    for (uint32_t i = 1; i < iterations; i++) {
      inner = key.inner;
      add(&inner, last, SIZE);
      finish(&key, &inner, last);
      for (int j = 0; j < SIZE; j++) sum[j] ^= last[j];
    }
    size_t part = count < SIZE ? count : SIZE;
    memcpy(result, sum, part);
    result += part;
    count -= part;
    OPENSSL_cleanse(last, SIZE);
    OPENSSL_cleanse(sum, SIZE);
  }
  OPENSSL_cleanse(&key, sizeof key);
}

int hb_equal(const void *left, const void *right, size_t count) {
  return count == 0 || CRYPTO_memcmp(left, right, count) == 0;
}

// MARK: - Keys

// Every function of libcrypto.so.3 that keys take; one list makes the table and its loading.
#define FUNCTIONS(X)                                                                            \
  X(BN_CTX_free) X(BN_CTX_new) X(BN_bin2bn) X(BN_bn2bin) X(BN_bn2binpad) X(BN_clear_free)       \
  X(BN_cmp) X(BN_div) X(BN_free) X(BN_is_odd) X(BN_is_one) X(BN_is_zero) X(BN_mod_mul)          \
  X(BN_mul) X(BN_new) X(BN_num_bits) X(BN_secure_new) X(BN_sub) X(BN_value_one)                 \
  X(ECDSA_SIG_free) X(ECDSA_SIG_get0_r) X(ECDSA_SIG_get0_s) X(ECDSA_SIG_new)                    \
  X(ECDSA_SIG_set0) X(ERR_clear_error) X(EVP_DigestSign) X(EVP_DigestSignInit_ex)               \
  X(EVP_DigestVerify) X(EVP_DigestVerifyInit_ex) X(EVP_MD_CTX_free) X(EVP_MD_CTX_new)           \
  X(EVP_PKEY_CTX_free) X(EVP_PKEY_CTX_new_from_name) X(EVP_PKEY_CTX_new_from_pkey)              \
  X(EVP_PKEY_Q_keygen) X(EVP_PKEY_check) X(EVP_PKEY_free) X(EVP_PKEY_fromdata)                  \
  X(EVP_PKEY_fromdata_init) X(EVP_PKEY_get_bits) X(EVP_PKEY_get_bn_param) X(EVP_PKEY_is_a)      \
  X(EVP_PKEY_public_check) X(OPENSSL_init_crypto) X(OSSL_LIB_CTX_new)                           \
  X(OSSL_PARAM_BLD_free) X(OSSL_PARAM_BLD_new) X(OSSL_PARAM_BLD_push_BN)                        \
  X(OSSL_PARAM_BLD_push_BN_pad) X(OSSL_PARAM_BLD_push_octet_string)                             \
  X(OSSL_PARAM_BLD_push_utf8_string) X(OSSL_PARAM_BLD_to_param) X(OSSL_PARAM_free)              \
  X(d2i_ECDSA_SIG) X(i2d_ECDSA_SIG)

static struct {
#define FIELD(name) __typeof__(&name) name;
  FUNCTIONS(FIELD)
#undef FIELD
} ssl;

// A context that is ours alone. OpenSSL may read openssl.cnf on the way; what it says holds for the
// context of libpq and libcurl, and must go on to: no OPENSSL_INIT_NO_LOAD_CONFIG.
static OSSL_LIB_CTX *own;

static void load(void) {
  void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
  int whole = library != NULL;
  // POSIX lets a data pointer be turned into a function pointer this way.
#define RESOLVE(name) whole = whole && (*(void **)(&ssl.name) = dlsym(library, #name));
  FUNCTIONS(RESOLVE)
#undef RESOLVE
  // A process that ends may have threads that still sign: its end takes nothing from them.
  if (whole && ssl.OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL)) own = ssl.OSSL_LIB_CTX_new();
}

static int load_library(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return own != NULL;
}

static EVP_PKEY *plain(const hb_key *key) { return (EVP_PKEY *)key; }

static int give(EVP_PKEY *made, hb_key **key, int otherwise) {
  if (own) ssl.ERR_clear_error();
  *key = (hb_key *)made;
  return made ? HB_KEY_GOOD : otherwise;
}

void hb_key_free(hb_key *key) { ssl.EVP_PKEY_free(plain(key)); }

static EVP_PKEY *from_parts(const char *type, int selection, OSSL_PARAM_BLD *builder) {
  EVP_PKEY *made = NULL;
  OSSL_PARAM *parameters = ssl.OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX *context = ssl.EVP_PKEY_CTX_new_from_name(own, type, NULL);
  if (parameters && context && ssl.EVP_PKEY_fromdata_init(context) > 0)
    ssl.EVP_PKEY_fromdata(context, &made, selection, parameters);
  ssl.EVP_PKEY_CTX_free(context);
  ssl.OSSL_PARAM_free(parameters);
  return made;
}

// Frees a key that does not pass.
static EVP_PKEY *checked(EVP_PKEY *key, int (*check)(EVP_PKEY_CTX *)) {
  if (!key) return NULL;
  EVP_PKEY_CTX *context = ssl.EVP_PKEY_CTX_new_from_pkey(own, key, NULL);
  int good = context && check(context) > 0;
  ssl.EVP_PKEY_CTX_free(context);
  if (good) return key;
  ssl.EVP_PKEY_free(key);
  return NULL;
}

enum { FIELD = 32 };

int hb_p256_generate(hb_key **key) {
  EVP_PKEY *made = load_library() ? ssl.EVP_PKEY_Q_keygen(own, NULL, "EC", "P-256") : NULL;
  return give(made, key, HB_KEY_FAILED);
}

int hb_p256_make(const uint8_t *x, const uint8_t *y, const uint8_t *d, hb_key **key) {
  *key = NULL;
  if (!load_library()) return HB_KEY_FAILED;
  uint8_t point[1 + 2 * FIELD] = {POINT_CONVERSION_UNCOMPRESSED};
  memcpy(point + 1, x, FIELD);
  memcpy(point + 1 + FIELD, y, FIELD);
  OSSL_PARAM_BLD *builder = ssl.OSSL_PARAM_BLD_new();
  BIGNUM *secret = d ? ssl.BN_secure_new() : NULL;
  int ready =
    builder &&
    ssl.OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) &&
    ssl.OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
  if (ready && d)
    ready = secret && ssl.BN_bin2bn(d, FIELD, secret) &&
            ssl.OSSL_PARAM_BLD_push_BN_pad(builder, OSSL_PKEY_PARAM_PRIV_KEY, secret, FIELD);
  EVP_PKEY *made = NULL;
  if (ready) {
    made = from_parts("EC", d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, builder);
    made = checked(made, d ? ssl.EVP_PKEY_check : ssl.EVP_PKEY_public_check);
  }
  ssl.OSSL_PARAM_BLD_free(builder);
  ssl.BN_clear_free(secret);
  return give(made, key, ready ? HB_KEY_MALFORMED : HB_KEY_FAILED);
}

static int padded_part(const hb_key *key, const char *name, uint8_t *part) {
  BIGNUM *number = NULL;
  int good = ssl.EVP_PKEY_get_bn_param(plain(key), name, &number) &&
             ssl.BN_bn2binpad(number, part, FIELD) == FIELD;
  ssl.BN_clear_free(number);
  ssl.ERR_clear_error();
  return good;
}

int hb_p256_parts(const hb_key *key, uint8_t *x, uint8_t *y, uint8_t *d) {
  return padded_part(key, OSSL_PKEY_PARAM_EC_PUB_X, x) &&
         padded_part(key, OSSL_PKEY_PARAM_EC_PUB_Y, y) &&
         (!d || padded_part(key, OSSL_PKEY_PARAM_PRIV_KEY, d));
}

static const char *const rsa_names[HB_RSA_PARTS] = {
  OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,       OSSL_PKEY_PARAM_RSA_D,
  OSSL_PKEY_PARAM_RSA_FACTOR1,   OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
  OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

int hb_rsa_generate(size_t bits, hb_key **key) {
  EVP_PKEY *made = load_library() ? ssl.EVP_PKEY_Q_keygen(own, NULL, "RSA", bits) : NULL;
  return give(made, key, HB_KEY_FAILED);
}

// Whether the parts of a private key belong together, without a test of its primes (40 ms): the
// factors and exponents must fit each other, and the public part must know what it signed.
static int rsa_fits(EVP_PKEY *key, BIGNUM *const *numbers) {
  BN_CTX *context = ssl.BN_CTX_new();
  BIGNUM *result = ssl.BN_new(), *less = ssl.BN_new();
  int good = context && result && less;
  good = good && ssl.BN_mul(result, numbers[3], numbers[4], context) &&
         ssl.BN_cmp(result, numbers[0]) == 0;
  for (int i = 0; good && i < 2; i++) {
    good = ssl.BN_sub(less, numbers[3 + i], ssl.BN_value_one()) && !ssl.BN_is_zero(less) &&
           ssl.BN_div(NULL, result, numbers[2], less, context) &&
           ssl.BN_cmp(result, numbers[5 + i]) == 0;
  }
  good = good && ssl.BN_mod_mul(result, numbers[4], numbers[7], numbers[3], context) &&
         ssl.BN_is_one(result);
  ssl.BN_free(result);
  ssl.BN_clear_free(less);
  ssl.BN_CTX_free(context);
  if (!good) return 0;
  uint8_t signature[OPENSSL_RSA_MAX_MODULUS_BITS / 8];
  size_t size = hb_sign((hb_key *)key, "", 0, signature, sizeof signature);
  return size > 0 && hb_verify((hb_key *)key, SHA256_DIGEST_LENGTH, "", 0, signature, size);
}

int hb_rsa_make(const uint8_t *parts, const size_t *sizes, size_t count, hb_key **key) {
  *key = NULL;
  if (count != HB_RSA_PUBLIC_PARTS && count != HB_RSA_PARTS) return HB_KEY_MALFORMED;
  if (!load_library()) return HB_KEY_FAILED;
  BIGNUM *numbers[HB_RSA_PARTS] = {NULL};
  OSSL_PARAM_BLD *builder = ssl.OSSL_PARAM_BLD_new();
  int ready = builder != NULL, sane = 1;
  for (size_t i = 0; ready && sane && i < count; i++) {
    sane = sizes[i] > 0 && sizes[i] <= OPENSSL_RSA_MAX_MODULUS_BITS / 8;
    if (!sane) break;
    numbers[i] = ssl.BN_bin2bn(parts, (int)sizes[i], NULL);
    parts += sizes[i];
    ready = numbers[i] && ssl.OSSL_PARAM_BLD_push_BN(builder, rsa_names[i], numbers[i]);
  }
  // An even or small one would be refused late, or make the arithmetic fail.
  sane = sane && ready && ssl.BN_is_odd(numbers[0]) && ssl.BN_is_odd(numbers[1]) &&
         !ssl.BN_is_one(numbers[1]) && ssl.BN_cmp(numbers[1], numbers[0]) < 0;
  EVP_PKEY *made = NULL;
  if (ready && sane) {
    int is_private = count == HB_RSA_PARTS;
    made = from_parts("RSA", is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, builder);
    if (made && is_private && !rsa_fits(made, numbers)) {
      ssl.EVP_PKEY_free(made);
      made = NULL;
    }
  }
  ssl.OSSL_PARAM_BLD_free(builder);
  for (int i = 0; i < HB_RSA_PARTS; i++) ssl.BN_clear_free(numbers[i]);
  return give(made, key, ready || !sane ? HB_KEY_MALFORMED : HB_KEY_FAILED);
}

size_t hb_rsa_part(const hb_key *key, int index, uint8_t *part, size_t room) {
  BIGNUM *number = NULL;
  size_t size = 0;
  if (index >= 0 && index < HB_RSA_PARTS &&
      ssl.EVP_PKEY_get_bn_param(plain(key), rsa_names[index], &number)) {
    size = ((size_t)ssl.BN_num_bits(number) + 7) / 8;
    if (size <= room) ssl.BN_bn2bin(number, part);
  }
  ssl.BN_clear_free(number);
  ssl.ERR_clear_error();
  return size;
}

size_t hb_rsa_bits(const hb_key *key) { return (size_t)ssl.EVP_PKEY_get_bits(plain(key)); }

// MARK: - Signatures

// The largest ECDSA signature of P-256 in DER: two numbers of 33 bytes with their heads.
enum { DER_ROOM = 72 };

static int is_p256(const hb_key *key) { return ssl.EVP_PKEY_is_a(plain(key), "EC"); }

static int join(const uint8_t *der, size_t count, uint8_t *raw) {
  ECDSA_SIG *parsed = ssl.d2i_ECDSA_SIG(NULL, &der, (long)count);
  int good = parsed && ssl.BN_bn2binpad(ssl.ECDSA_SIG_get0_r(parsed), raw, FIELD) == FIELD &&
             ssl.BN_bn2binpad(ssl.ECDSA_SIG_get0_s(parsed), raw + FIELD, FIELD) == FIELD;
  ssl.ECDSA_SIG_free(parsed);
  return good;
}

static size_t split(const uint8_t *raw, uint8_t *der) {
  ECDSA_SIG *signature = ssl.ECDSA_SIG_new();
  BIGNUM *r = ssl.BN_bin2bn(raw, FIELD, NULL), *s = ssl.BN_bin2bn(raw + FIELD, FIELD, NULL);
  int size = -1;
  if (signature && r && s && ssl.ECDSA_SIG_set0(signature, r, s)) {
    r = s = NULL;  // the signature has them now
    size = ssl.i2d_ECDSA_SIG(signature, &der);
  }
  ssl.BN_free(r);
  ssl.BN_free(s);
  ssl.ECDSA_SIG_free(signature);
  return size > 0 ? (size_t)size : 0;
}

size_t hb_sign(
  const hb_key *key, const void *bytes, size_t count, uint8_t *signature, size_t room) {
  uint8_t der[DER_ROOM];
  int is_curve = is_p256(key);
  uint8_t *place = is_curve ? der : signature;
  size_t size = is_curve ? sizeof der : room;
  EVP_MD_CTX *context = ssl.EVP_MD_CTX_new();
  int good = context && (!is_curve || room >= 2 * FIELD) &&
             ssl.EVP_DigestSignInit_ex(context, NULL, "SHA256", own, NULL, plain(key), NULL) > 0 &&
             ssl.EVP_DigestSign(context, place, &size, bytes, count) > 0;
  ssl.EVP_MD_CTX_free(context);
  if (good && is_curve) {
    good = join(der, size, signature);
    size = 2 * FIELD;
  }
  ssl.ERR_clear_error();
  return good ? size : 0;
}

static const char *digest_name(size_t size) {
  switch (size) {
    case SHA256_DIGEST_LENGTH: return "SHA256";
    case SHA384_DIGEST_LENGTH: return "SHA384";
    case SHA512_DIGEST_LENGTH: return "SHA512";
    default: return NULL;
  }
}

int hb_verify(
  const hb_key *key, size_t digest_size, const void *bytes, size_t count,
  const uint8_t *signature, size_t size) {
  uint8_t der[DER_ROOM];
  const char *digest = digest_name(digest_size);
  if (is_p256(key)) {
    if (size != 2 * FIELD) return 0;
    size = split(signature, der);
    signature = der;
  }
  EVP_MD_CTX *context = ssl.EVP_MD_CTX_new();
  int good =
    size > 0 && context && digest &&
    ssl.EVP_DigestVerifyInit_ex(context, NULL, digest, own, NULL, plain(key), NULL) > 0 &&
    ssl.EVP_DigestVerify(context, signature, size, bytes, count) == 1;
  ssl.EVP_MD_CTX_free(context);
  ssl.ERR_clear_error();
  return good;
}
