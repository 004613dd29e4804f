/* Calls of the system that fail once: the n-th open or write below a folder, counted from 1.

   Loaded before the C library (LD_PRELOAD), so that SQLite's and Chroma's calls are met as well. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char below[4096] = "";
static long opens_left = 0, writes_left = 0;
static char watched[65536];

void fail_nth(const char *folder, long opens, long writes) {
    strncpy(below, folder, sizeof below - 1);
    opens_left = opens;
    writes_left = writes;
}

long left(void) { return opens_left + writes_left; }

static int is_below(const char *path) { return below[0] && strncmp(path, below, strlen(below)) == 0; }

static int fails(const char *path) {
    return is_below(path) && opens_left > 0 && __sync_sub_and_fetch(&opens_left, 1) == 0;
}

static int watch(int fd, const char *path) {
    if (fd >= 0 && fd < (int)sizeof watched) watched[fd] = is_below(path);
    return fd;
}

static int spoils(int fd) {
    return fd >= 0 && fd < (int)sizeof watched && watched[fd] && writes_left > 0 &&
           __sync_sub_and_fetch(&writes_left, 1) == 0;
}

#define OPENS(NAME)                                             \
    int NAME(const char *path, int flags, ...) {                \
        static int (*real)(const char *, int, ...);             \
        va_list rest;                                           \
        va_start(rest, flags);                                  \
        mode_t mode = va_arg(rest, int);                        \
        va_end(rest);                                           \
        if (!real) real = dlsym(RTLD_NEXT, #NAME);              \
        if (fails(path)) { errno = EMFILE; return -1; }         \
        return watch(real(path, flags, mode), path);            \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(NAME)                                          \
    int NAME(int at, const char *path, int flags, ...) {        \
        static int (*real)(int, const char *, int, ...);        \
        va_list rest;                                           \
        va_start(rest, flags);                                  \
        mode_t mode = va_arg(rest, int);                        \
        va_end(rest);                                           \
        if (!real) real = dlsym(RTLD_NEXT, #NAME);              \
        if (fails(path)) { errno = EMFILE; return -1; }         \
        return watch(real(at, path, flags, mode), path);        \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

ssize_t write(int fd, const void *data, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    if (spoils(fd)) { errno = ENOSPC; return -1; }
    return real(fd, data, count);
}

#define WRITES_AT(NAME)                                                     \
    ssize_t NAME(int fd, const void *data, size_t count, off64_t at) {      \
        static ssize_t (*real)(int, const void *, size_t, off64_t);         \
        if (!real) real = dlsym(RTLD_NEXT, #NAME);                          \
        if (spoils(fd)) { errno = ENOSPC; return -1; }                      \
        return real(fd, data, count, at);                                   \
    }
WRITES_AT(pwrite)
WRITES_AT(pwrite64)
