/* base.h: what every part needs: status codes, errors, hooks, texts */
#ifndef LIBSIAMESE_BASE_H
#define LIBSIAMESE_BASE_H

#include <stddef.h>
#include <stdint.h>
#include <siamese/version.h>

#if defined(__GNUC__)
#define SIAMESE_API __attribute__((visibility("default")))
#else
#define SIAMESE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* 0 is success, errors are negative; a code is never renumbered. */
typedef int32_t siamese_status;

/* XX(name, code, text): the one table of codes, names and texts. */
#define SIAMESE_STATUS_MAP(XX)                                                 \
    XX(E_ARGUMENT, -1, "an argument is not valid")                             \
    XX(E_OPTION, -2, "an option is unknown or its value is not valid")         \
    XX(E_RANGE, -3, "a buffer is too small")                                   \
    XX(E_STATE, -4, "the call is not possible in this state")                  \
    XX(E_NOT_FOUND, -5, "there is no such thing")                              \
    XX(E_MEMORY, -6, "out of memory")                                          \
    XX(E_IO, -7, "a file could not be read or written")                        \
    XX(E_FORMAT, -8, "the data is damaged or of another format")               \
    XX(E_VERSION, -9, "the data is of a newer format version")                 \
    XX(E_LIMIT, -10, "a limit is exceeded")                                    \
    XX(E_CANCELLED, -11, "cancelled")                                          \
    XX(E_UNSUPPORTED, -12, "not supported by this build")                      \
    XX(E_NOT_FINITE, -13, "a number is not finite")                            \
    XX(E_INTERNAL, -14, "an internal error")

enum {
    SIAMESE_OK = 0
#define SIAMESE_STATUS_CODE_(name, code, text) , SIAMESE_##name = code
    SIAMESE_STATUS_MAP(SIAMESE_STATUS_CODE_)
#undef SIAMESE_STATUS_CODE_
};

/* The version of the library, e.g. "0.1.0". Static; any thread. */
SIAMESE_API const char *siamese_version(void);

/*
 * What the last failing call of this thread found, naming the argument, file,
 * line or section; "" before the first failure. A successful call leaves it as
 * it is. The pointer is valid until this thread's next failing call: copy it in
 * the same native call as the failing function where tasks move between
 * threads.
 */
SIAMESE_API const char *siamese_last_error(void);

/* "SIAMESE_E_ARGUMENT" for -1, "SIAMESE_OK" for 0; "unknown" else. Static. */
SIAMESE_API const char *siamese_status_name(siamese_status status);

/* "an argument is not valid" for -1; "unknown status" else. Static. */
SIAMESE_API const char *siamese_status_text(siamese_status status);

/* UTF-8 bytes; data may be NULL if size is 0. */
typedef struct siamese_text {
    const char *data;
    size_t size;
} siamese_text;

/* Kernel levels, for the `kernel` option of towers, trainers and indexes. */
enum {
    SIAMESE_KERNEL_AUTO = 0, /* the best that this processor has */
    SIAMESE_KERNEL_PORTABLE = 1,
    SIAMESE_KERNEL_AVX2 = 2, /* with FMA and F16C */
    SIAMESE_KERNEL_AVX512 = 3
};

/*
 * Memory for the library's own data. The functions have the contracts of malloc,
 * realloc and free, with `user` first, and may be called from any thread at once.
 * Not from here: BLIS's buffers, mapped from the system once, and what C++ inside
 * takes by operator new (the index's lists, in FAISS).
 */
typedef struct siamese_allocator {
    size_t struct_size;
    void *user;
    void *(*allocate)(void *user, size_t size);
    void *(*reallocate)(void *user, void *pointer, size_t size);
    void (*deallocate)(void *user, void *pointer);
} siamese_allocator;

/*
 * Sets the allocator; NULL restores the C library's. SIAMESE_E_STATE while a
 * handle exists; SIAMESE_E_ARGUMENT if a function is missing. Not concurrent with
 * any other call.
 */
SIAMESE_API siamese_status
siamese_set_allocator(const siamese_allocator *allocator);

enum {
    SIAMESE_LOG_OFF = 0,
    SIAMESE_LOG_ERROR = 1,
    SIAMESE_LOG_WARN = 2,
    SIAMESE_LOG_INFO = 3,
    SIAMESE_LOG_DEBUG = 4
};

/* Receives one message without a newline; runs on the thread that logs. */
typedef void (*siamese_log_fn)(void *user, int32_t level, const char *message);

/*
 * Messages up to `level` go to `log`; NULL turns logging off (the default).
 * SIAMESE_E_STATE while a handle exists. Not concurrent with any other call.
 */
SIAMESE_API siamese_status siamese_set_log(siamese_log_fn log, void *user,
                                           int32_t level);

#ifdef __cplusplus
}
#endif

#endif
