/* Put before libc with LD_PRELOAD: the call of one kind that is due fails, once, with an error.
 *
 * FAULTS names a file of three 32-bit integers, which a test writes and every process of a server
 * shares: the kind; after how many calls of it (1: the next, 0: never); the errno. The count goes
 * down with each call and stays at 0, so a test can also see whether anything failed.
 *
 * Only files and folders count, not sockets and pipes, nor what a process was started with. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum kind { WRITE = 1, PWRITE, FSYNC, OPEN };

struct plan {
  int kind, left, error;
};

static volatile struct plan *plan;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FAULTS");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *found = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (found != MAP_FAILED) plan = found;
}

static int is_due(enum kind kind) {
  if (!plan || plan->kind != (int)kind || plan->left <= 0) return 0;
  if (__sync_sub_and_fetch(&plan->left, 1) != 0) return 0;
  errno = plan->error;
  return 1;
}

static int on_disk(int file) {
  struct stat found;
  return file > 2 && fstat(file, &found) == 0 &&
         (S_ISREG(found.st_mode) || S_ISDIR(found.st_mode));
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRAPPED(kind, type, name, parameters, arguments) \
  type name parameters {                                 \
    if (on_disk(file) && is_due(kind)) return -1;        \
    return NEXT(name) arguments;                         \
  }

WRAPPED(WRITE, ssize_t, write, (int file, const void *from, size_t size), (file, from, size))
WRAPPED(PWRITE, ssize_t, pwrite, (int file, const void *from, size_t size, off_t at),
        (file, from, size, at))
WRAPPED(PWRITE, ssize_t, pwrite64, (int file, const void *from, size_t size, off64_t at),
        (file, from, size, at))
WRAPPED(FSYNC, int, fsync, (int file), (file))
WRAPPED(FSYNC, int, fdatasync, (int file), (file))

/* Whatever is opened by its whole path: the server's data, while nothing is imported any more. */
#define MODE(flags, mode)                    \
  do {                                       \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
      va_list more;                          \
      va_start(more, flags);                 \
      mode = va_arg(more, mode_t);           \
      va_end(more);                          \
    }                                        \
  } while (0)

static int counts(const char *path) {
  const char *under = getenv("FAULTS_UNDER");
  size_t length = 0;
  while (under && under[length] && path[length] == under[length]) length++;
  return under && !under[length];
}

#define OPENING(name)                                   \
  int name(const char *path, int flags, ...) {          \
    mode_t mode = 0;                                    \
    MODE(flags, mode);                                  \
    if (counts(path) && is_due(OPEN)) return -1;        \
    return NEXT(name)(path, flags, mode);               \
  }

OPENING(open)
OPENING(open64)

#define OPENING_AT(name)                                 \
  int name(int folder, const char *path, int flags, ...) { \
    mode_t mode = 0;                                     \
    MODE(flags, mode);                                   \
    if (counts(path) && is_due(OPEN)) return -1;         \
    return NEXT(name)(folder, path, flags, mode);        \
  }

OPENING_AT(openat)
OPENING_AT(openat64)
