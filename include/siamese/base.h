/*
 * base.h: what every part of the library needs: status codes and errors, texts,
 * kernel levels, and the hooks for memory and messages.
 */
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

/* ---- status codes and errors ---- */

/* 0 is success and errors are negative. A code is never renumbered. */
typedef int32_t siamese_status;

/*
 * XX(name, code, text) for each error: the one table of codes, names and texts.
 * What a host does about each is in docs/errors.md.
 */
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

/*
 * Returns what the last failing call of this thread found. The text names the
 * argument, file, line, row or section. It is "" before the first failure, and
 * a call that succeeds leaves it as it is.
 *
 * The pointer is valid until this thread's next failing call. Where tasks move
 * between threads, copy the text in the same native call as the failing
 * function.
 * Threads: any; each has its own text.
 */
SIAMESE_API const char *siamese_last_error(void);

/*
 * Returns the name of a status code, e.g. "SIAMESE_E_ARGUMENT" for -1 and
 * "SIAMESE_OK" for 0, or "unknown". The text is static.
 * Threads: any.
 */
SIAMESE_API const char *siamese_status_name(siamese_status status);

/*
 * Returns what a status code means in general, e.g. "an argument is not valid"
 * for -1, or "unknown status". The text is static.
 * Threads: any.
 */
SIAMESE_API const char *siamese_status_text(siamese_status status);

/*
 * Returns the version of the library that runs, e.g. "0.2.0"; compare it with
 * SIAMESE_VERSION_STRING. The text is static.
 * Threads: any.
 */
SIAMESE_API const char *siamese_version(void);

/* ---- texts and kernel levels ---- */

/* A text in UTF-8. It is the one struct that never grows. */
typedef struct siamese_text {
    const char *data; /* [size] bytes; may be NULL if size is 0 */
    size_t size;      /* the number of bytes */
} siamese_text;

/*
 * Kernel levels: the values of the option `kernel` of towers, trainers, indexes
 * and evaluators. Results of different levels differ by rounding, so machines
 * that must agree to the bit need the same level. A level that this processor
 * lacks gives SIAMESE_E_UNSUPPORTED.
 */
enum {
    SIAMESE_KERNEL_AUTO = 0, /* the best level that this processor has */
    SIAMESE_KERNEL_PORTABLE = 1,
    SIAMESE_KERNEL_AVX2 = 2, /* AVX2 with FMA and F16C */
    SIAMESE_KERNEL_AVX512 = 3,
    SIAMESE_KERNEL_NEON = 4 /* of every AArch64 processor; AVX2's bits */
};

/*
 * The option matmul_precision of a trainer and of a tower: what numbers
 * matrices are multiplied in, in recurrent, dense and transformer layers and in
 * a trainer's loss. All sums are floats, and so are the weights. BFLOAT16 and
 * AMX_BFLOAT16 are the two orders of sums of AVX512-BF16's and AMX's
 * instructions. Processors without them compute the same bits, in more time
 * than FLOAT32 takes; AMX_BFLOAT16 asks Linux for AMX's tiles.
 *
 * A trainer's is that of training alone, forward and backward; a tower's is
 * that of encoding, and of its trainer's snapshots.
 */
enum {
    SIAMESE_MATMUL_PRECISION_FLOAT32 = 0,
    SIAMESE_MATMUL_PRECISION_BFLOAT16 = 1,
    SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16 = 2,
    SIAMESE_MATMUL_PRECISION_AUTO = 3 /* what the processor is fastest with: a
                                       * trainer's options say what that is, a
                                       * tower asks anew where it is loaded */
};

/* ---- hooks of the process, set before the first handle is created ---- */

/*
 * The functions that the library takes memory from. They have the contracts of
 * malloc, realloc and free, receive `user` as their first argument, and may be
 * called from any thread at once.
 *
 * One kind of memory does not come from here: what C++ code takes by operator
 * new (FAISS's lists of an index).
 */
typedef struct siamese_allocator {
    size_t struct_size;
    void *user; /* handed to each function; may be NULL */
    void *(*allocate)(void *user, size_t size);
    void *(*reallocate)(void *user, void *pointer, size_t size);
    void (*deallocate)(void *user, void *pointer);
} siamese_allocator;

/*
 * Sets the functions that memory is taken from.
 *   allocator  is copied; NULL restores those of the C library, of which the
 *              library asks Linux for large pages (madvise, MADV_HUGEPAGE)
 *              under each piece of 4 MiB or more
 * Errors: SIAMESE_E_STATE while a handle exists; SIAMESE_E_ARGUMENT if a
 * function is missing.
 * Threads: one; no other function of the library may run at the same time.
 */
SIAMESE_API siamese_status
siamese_set_allocator(const siamese_allocator *allocator);

/* The importance of a message. */
enum {
    SIAMESE_LOG_OFF = 0,
    SIAMESE_LOG_ERROR = 1,
    SIAMESE_LOG_WARN = 2,
    SIAMESE_LOG_INFO = 3,
    SIAMESE_LOG_DEBUG = 4
};

/*
 * Receives one message, without a newline, on the thread that logs it, with no
 * lock of a handle held. The message is valid during the call.
 */
typedef void (*siamese_log_fn)(void *user, int32_t level, const char *message);

/*
 * Sets the function that receives messages. By default there is none.
 *   log    NULL turns logging off
 *   user   is handed to log; may be NULL
 *   level  SIAMESE_LOG_*; messages above this level are left out
 * Errors: SIAMESE_E_STATE while a handle exists.
 * Threads: one; no other function of the library may run at the same time.
 */
SIAMESE_API siamese_status siamese_set_log(siamese_log_fn log, void *user,
                                           int32_t level);

#ifdef __cplusplus
}
#endif

#endif
