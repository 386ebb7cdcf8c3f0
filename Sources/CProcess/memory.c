// Gives back the pages of code that only the start needed.
#include "CProcess.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

void homebase_release_code_pages(void) {
  FILE *maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) return;
  char line[512];
  while (fgets(line, sizeof line, maps) != NULL) {
    unsigned long start, end, inode;
    char rights[5];
    if (sscanf(line, "%lx-%lx %4s %*x %*x:%*x %lu", &start, &end, rights, &inode) != 4) continue;
    // Executable and backed by a file: never written, so the page cache has the same bytes.
    if (inode == 0 || strcmp(rights, "r-xp") != 0) continue;
    madvise((void *)start, end - start, MADV_DONTNEED);
  }
  fclose(maps);
}
