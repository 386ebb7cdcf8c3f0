#include "CTLS.h"

#include <dlfcn.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Every function of libssl.so.3, and of libcrypto.so.3 behind it; one list makes the table and its
// loading.
#define FUNCTIONS(X)                                                                             \
  X(ASN1_INTEGER_free) X(ASN1_TIME_set) X(ASN1_TIME_to_tm) X(BIO_free) X(BIO_new)                \
  X(BIO_new_file) X(BIO_read) X(BIO_s_mem) X(BIO_write) X(BIO_ctrl) X(BIO_ctrl_pending)          \
  X(BN_bin2bn) X(BN_free) X(BN_to_ASN1_INTEGER) X(ERR_clear_error) X(ERR_peek_error)             \
  X(ERR_reason_error_string) X(EVP_PKEY_Q_keygen) X(EVP_PKEY_free) X(EVP_sha256)                 \
  X(OPENSSL_init_ssl) X(OSSL_LIB_CTX_new) X(PEM_read_bio_X509) X(PEM_write_bio_PrivateKey)       \
  X(PEM_write_bio_X509) X(RAND_bytes_ex) X(SSL_CTX_check_private_key) X(SSL_CTX_ctrl)            \
  X(SSL_CTX_free) X(SSL_CTX_new_ex) X(SSL_CTX_set_alpn_select_cb)                                \
  X(SSL_CTX_set_default_passwd_cb) X(SSL_CTX_set_options) X(SSL_CTX_use_PrivateKey_file)         \
  X(SSL_CTX_use_certificate_chain_file) X(SSL_accept) X(SSL_free) X(SSL_get_error) X(SSL_new)    \
  X(SSL_read_ex) X(SSL_set_bio) X(SSL_shutdown) X(SSL_write_ex) X(TLS_server_method)             \
  X(X509V3_EXT_conf_nid) X(X509V3_set_ctx) X(X509_EXTENSION_free) X(X509_NAME_add_entry_by_txt)  \
  X(X509_add_ext) X(X509_free) X(X509_get0_notAfter) X(X509_get_subject_name)                    \
  X(X509_getm_notAfter) X(X509_getm_notBefore) X(X509_new_ex) X(X509_set_issuer_name)            \
  X(X509_set_pubkey) X(X509_set_serialNumber) X(X509_set_version) X(X509_sign)

static struct {
#define FIELD(name) __typeof__(&name) name;
  FUNCTIONS(FIELD)
#undef FIELD
} ssl;

// A context that is ours alone, as COpenSSL has one.
static OSSL_LIB_CTX *own;

static void load(void) {
  void *library = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
  int whole = library != NULL;
  // POSIX lets a data pointer be turned into a function pointer this way.
#define RESOLVE(name) whole = whole && (*(void **)(&ssl.name) = dlsym(library, #name));
  FUNCTIONS(RESOLVE)
#undef RESOLVE
  // A process that ends may have threads that still write: its end takes nothing from them.
  if (whole && ssl.OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, NULL)) own = ssl.OSSL_LIB_CTX_new();
}

static int load_library(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return own != NULL;
}

// MARK: - Contexts

static SSL_CTX *plain(hb_tls_context *context) { return (SSL_CTX *)context; }

// A key with a password would stop a service at a terminal.
static int no_password(char *buffer, int size, int writes, void *data) {
  (void)buffer, (void)size, (void)writes, (void)data;
  return -1;
}

// HTTP/1.1 is all that is spoken; who offers other protocols alone is told so (RFC 7301, 3.2).
static int choose_protocol(
  SSL *connection, const unsigned char **chosen, unsigned char *size, const unsigned char *offered,
  unsigned int count, void *data) {
  (void)connection, (void)data;
  static const char name[] = "http/1.1";
  for (unsigned int i = 0; i < count; i += 1u + offered[i]) {
    unsigned int length = offered[i];
    if (i + 1u + length > count) break;
    if (length == sizeof name - 1 && memcmp(offered + i + 1, name, length) == 0) {
      *chosen = offered + i + 1;
      *size = offered[i];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int hb_tls_context_make(const char *certificate, const char *key, hb_tls_context **context) {
  *context = NULL;
  if (!load_library()) return HB_TLS_NO_LIBRARY;
  SSL_CTX *made = ssl.SSL_CTX_new_ex(own, NULL, ssl.TLS_server_method());
  int outcome = HB_TLS_GOOD;
  if (!made || !ssl.SSL_CTX_ctrl(made, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL)) {
    outcome = HB_TLS_FAILED;
  } else {
    ssl.SSL_CTX_set_default_passwd_cb(made, no_password);
    if (ssl.SSL_CTX_use_certificate_chain_file(made, certificate) != 1) {
      outcome = HB_TLS_CERTIFICATE;
    } else if (ssl.SSL_CTX_use_PrivateKey_file(made, key, SSL_FILETYPE_PEM) != 1) {
      // A key that is read and does not fit is refused by this call as well.
      int reason = ERR_GET_REASON(ssl.ERR_peek_error());
      outcome = reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH
                  ? HB_TLS_MISMATCH
                  : HB_TLS_KEY;
    } else if (ssl.SSL_CTX_check_private_key(made) != 1) {
      outcome = HB_TLS_MISMATCH;
    }
  }
  if (outcome == HB_TLS_GOOD) {
    ssl.SSL_CTX_set_options(
      made, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // Tickets resume sessions; a cache would hold memory for each of them.
    ssl.SSL_CTX_ctrl(made, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
    ssl.SSL_CTX_ctrl(made, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS, NULL);
    ssl.SSL_CTX_set_alpn_select_cb(made, choose_protocol, NULL);
  } else if (made) {
    ssl.SSL_CTX_free(made);
    made = NULL;
  }
  ssl.ERR_clear_error();
  *context = (hb_tls_context *)made;
  return outcome;
}

void hb_tls_context_free(hb_tls_context *context) { ssl.SSL_CTX_free(plain(context)); }

// MARK: - Connections

struct hb_tls {
  SSL *connection;
  BIO *from_network;
  BIO *to_network;
  const char *reason;
};

hb_tls *hb_tls_accept(hb_tls_context *context) {
  hb_tls *tls = calloc(1, sizeof *tls);
  if (!tls) return NULL;
  tls->reason = "";
  tls->connection = ssl.SSL_new(plain(context));
  tls->from_network = ssl.BIO_new(ssl.BIO_s_mem());
  tls->to_network = ssl.BIO_new(ssl.BIO_s_mem());
  if (!tls->connection || !tls->from_network || !tls->to_network) {
    ssl.BIO_free(tls->from_network);
    ssl.BIO_free(tls->to_network);
    ssl.SSL_free(tls->connection);
    free(tls);
    return NULL;
  }
  // Empty means that more may come, not that the connection has ended.
  ssl.BIO_ctrl(tls->from_network, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, NULL);
  ssl.BIO_ctrl(tls->to_network, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, NULL);
  ssl.SSL_set_bio(tls->connection, tls->from_network, tls->to_network);
  return tls;
}

void hb_tls_free(hb_tls *tls) {
  ssl.SSL_free(tls->connection);
  free(tls);
}

// What a call means that did not succeed.
static int outcome_of(hb_tls *tls, int result) {
  int error = ssl.SSL_get_error(tls->connection, result);
  int outcome = HB_TLS_BROKEN;
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    outcome = HB_TLS_AGAIN;
  } else if (error == SSL_ERROR_ZERO_RETURN) {
    outcome = HB_TLS_ENDED;
  } else {
    // The text is a constant of the library.
    const char *reason = ssl.ERR_reason_error_string(ssl.ERR_peek_error());
    tls->reason = reason ? reason : "the connection broke off";
  }
  ssl.ERR_clear_error();
  return outcome;
}

int hb_tls_feed(hb_tls *tls, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    int part = count > 1 << 20 ? 1 << 20 : (int)count;
    int written = ssl.BIO_write(tls->from_network, next, part);
    if (written <= 0) return 0;
    next += written;
    count -= (size_t)written;
  }
  return 1;
}

int hb_tls_handshake(hb_tls *tls) {
  ssl.ERR_clear_error();
  int result = ssl.SSL_accept(tls->connection);
  if (result == 1) return HB_TLS_GOOD;
  int outcome = outcome_of(tls, result);
  return outcome == HB_TLS_AGAIN ? HB_TLS_AGAIN : HB_TLS_BROKEN;
}

int hb_tls_read(hb_tls *tls, void *bytes, size_t room, size_t *count) {
  *count = 0;
  ssl.ERR_clear_error();
  int result = ssl.SSL_read_ex(tls->connection, bytes, room, count);
  return result == 1 ? HB_TLS_GOOD : outcome_of(tls, result);
}

int hb_tls_write(hb_tls *tls, const void *bytes, size_t count) {
  if (count == 0) return HB_TLS_GOOD;
  size_t written = 0;
  ssl.ERR_clear_error();
  int result = ssl.SSL_write_ex(tls->connection, bytes, count, &written);
  if (result == 1 && written == count) return HB_TLS_GOOD;
  outcome_of(tls, result);
  return HB_TLS_BROKEN;
}

void hb_tls_end(hb_tls *tls) {
  ssl.ERR_clear_error();
  ssl.SSL_shutdown(tls->connection);
  ssl.ERR_clear_error();
}

size_t hb_tls_waiting(hb_tls *tls) { return ssl.BIO_ctrl_pending(tls->to_network); }

size_t hb_tls_take(hb_tls *tls, void *bytes, size_t room) {
  int part = room > 1 << 30 ? 1 << 30 : (int)room;
  int count = ssl.BIO_read(tls->to_network, bytes, part);
  return count > 0 ? (size_t)count : 0;
}

const char *hb_tls_reason(const hb_tls *tls) { return tls->reason; }

// MARK: - A certificate

static int add_extension(X509 *certificate, X509V3_CTX *context, int name, const char *value) {
  X509_EXTENSION *extension = ssl.X509V3_EXT_conf_nid(NULL, context, name, value);
  int good = extension && ssl.X509_add_ext(certificate, extension, -1);
  if (extension) ssl.X509_EXTENSION_free(extension);
  return good;
}

// No two certificates of one name may have one number (RFC 5280, 4.1.2.2).
static int set_number(X509 *certificate) {
  unsigned char bytes[16];
  if (ssl.RAND_bytes_ex(own, bytes, sizeof bytes, 0) != 1) return 0;
  bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 1);
  BIGNUM *number = ssl.BN_bin2bn(bytes, sizeof bytes, NULL);
  ASN1_INTEGER *integer = number ? ssl.BN_to_ASN1_INTEGER(number, NULL) : NULL;
  int good = integer && ssl.X509_set_serialNumber(certificate, integer);
  ssl.ASN1_INTEGER_free(integer);
  ssl.BN_free(number);
  return good;
}

// Takes a text out of memory, with its zero byte.
static int take_text(BIO *memory, char *text, size_t room) {
  size_t count = ssl.BIO_ctrl_pending(memory);
  if (count == 0 || count >= room) return 0;
  text[count] = 0;
  return ssl.BIO_read(memory, text, (int)count) == (int)count;
}

int hb_tls_make_localhost(
  int64_t begin, int64_t end, char *certificate, size_t certificate_room, char *key,
  size_t key_room) {
  if (!load_library()) return HB_TLS_NO_LIBRARY;
  EVP_PKEY *pair = ssl.EVP_PKEY_Q_keygen(own, NULL, "EC", "P-256");
  X509 *made = ssl.X509_new_ex(own, NULL);
  BIO *first = ssl.BIO_new(ssl.BIO_s_mem()), *second = ssl.BIO_new(ssl.BIO_s_mem());
  int good = pair && made && first && second;
  good = good && ssl.X509_set_version(made, X509_VERSION_3) && set_number(made) &&
         ssl.ASN1_TIME_set(ssl.X509_getm_notBefore(made), (time_t)begin) &&
         ssl.ASN1_TIME_set(ssl.X509_getm_notAfter(made), (time_t)end) &&
         ssl.X509_set_pubkey(made, pair);
  if (good) {
    X509_NAME *name = ssl.X509_get_subject_name(made);
    const unsigned char *host = (const unsigned char *)"localhost";
    const unsigned char *maker = (const unsigned char *)"homebase";
    good = ssl.X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, maker, -1, -1, 0) &&
           ssl.X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, host, -1, -1, 0) &&
           ssl.X509_set_issuer_name(made, name);
  }
  if (good) {
    X509V3_CTX context;
    memset(&context, 0, sizeof context);
    ssl.X509V3_set_ctx(&context, made, made, NULL, NULL, 0);
    // No authority: some clients refuse an authority's certificate at a server.
    good = add_extension(made, &context, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(made, &context, NID_key_usage, "critical,digitalSignature") &&
           add_extension(made, &context, NID_ext_key_usage, "serverAuth") &&
           add_extension(
             made, &context, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
           add_extension(made, &context, NID_subject_key_identifier, "hash");
  }
  good = good && ssl.X509_sign(made, pair, ssl.EVP_sha256()) > 0 &&
         ssl.PEM_write_bio_X509(first, made) &&
         ssl.PEM_write_bio_PrivateKey(second, pair, NULL, NULL, 0, NULL, NULL) &&
         take_text(first, certificate, certificate_room) && take_text(second, key, key_room);
  ssl.BIO_free(first);
  ssl.BIO_free(second);
  ssl.X509_free(made);
  ssl.EVP_PKEY_free(pair);
  ssl.ERR_clear_error();
  return good ? HB_TLS_GOOD : HB_TLS_FAILED;
}

int64_t hb_tls_certificate_end(const char *certificate) {
  if (!load_library()) return 0;
  BIO *file = ssl.BIO_new_file(certificate, "r");
  X509 *read = file ? ssl.PEM_read_bio_X509(file, NULL, no_password, NULL) : NULL;
  struct tm parts;
  int64_t end = 0;
  if (read && ssl.ASN1_TIME_to_tm(ssl.X509_get0_notAfter(read), &parts))
    end = (int64_t)timegm(&parts);
  ssl.X509_free(read);
  ssl.BIO_free(file);
  ssl.ERR_clear_error();
  return end;
}
