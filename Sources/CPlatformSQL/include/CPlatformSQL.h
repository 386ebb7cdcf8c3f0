#ifndef C_PLATFORM_SQL_H
#define C_PLATFORM_SQL_H

// The platform's SQL, and the files of homebase's own extensions, as they stand in this folder:
// they are part of the executable, and still files that an editor and psql can open.

#include <stddef.h>

/// One file of this folder.
typedef struct {
  /// Relative to this folder: `platform/auth.sql`, `extensions/pgjwt/pgjwt.control`.
  const char *path;
  const char *bytes;
  size_t size;
} homebase_platform_file;

/// All files; lives as long as the program.
const homebase_platform_file *homebase_platform_files(size_t *count);

#endif
