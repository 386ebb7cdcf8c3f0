#include "CPlatformSQL.h"

// `#embed` is of C23; the compiler has it in every mode and would only mention that.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const char roles[] = {
#embed "platform/roles.sql"
};
static const char schemas[] = {
#embed "platform/schemas.sql"
};
static const char auth[] = {
#embed "platform/auth.sql"
};
static const char storage[] = {
#embed "platform/storage.sql"
};
static const char realtime[] = {
#embed "platform/realtime.sql"
};
static const char history[] = {
#embed "platform/history.sql"
};
static const char delegation[] = {
#embed "platform/delegation.sql"
};

#define FILE_AT(path, bytes) {path, bytes, sizeof bytes}

static const homebase_platform_file files[] = {
    FILE_AT("platform/roles.sql", roles),
    FILE_AT("platform/schemas.sql", schemas),
    FILE_AT("platform/auth.sql", auth),
    FILE_AT("platform/storage.sql", storage),
    FILE_AT("platform/realtime.sql", realtime),
    FILE_AT("platform/history.sql", history),
    FILE_AT("platform/delegation.sql", delegation),
};

const homebase_platform_file *homebase_platform_files(size_t *count) {
  *count = sizeof files / sizeof files[0];
  return files;
}
