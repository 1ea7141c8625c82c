/* status.h: status codes, the thread's last error, and the macros that carry
 * both through a function. */
#ifndef SM_STATUS_H
#define SM_STATUS_H

#include <siamese/siamese.h>

typedef siamese_status sm_status;

/*
 * Sets this thread's last error and returns code. A call that succeeds leaves
 * the last error as it was: what may or may not be there is asked for (as by
 * sm_kernels_available), not tried in a function that fails.
 */
sm_status sm_fail(sm_status code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Out of memory, with a text that needs no memory. */
sm_status sm_fail_memory(void);

#ifdef __clang_analyzer__
/* It cannot see that the status of a failure is never SIAMESE_OK. */
#define sm_fail(code, ...) (sm_fail((code), __VA_ARGS__), (code))
#define sm_fail_memory() (sm_fail_memory(), SIAMESE_E_MEMORY)
#endif

/*
 * In a function with a local `sm_status status = SIAMESE_OK` and one `out:`
 * label that frees everything and returns status:
 */
#define SM_TRY(expression)                                                     \
    do {                                                                       \
        status = (expression);                                                 \
        if (status != SIAMESE_OK) goto out;                                    \
    } while (0)

#define SM_FAIL(code, ...)                                                     \
    do {                                                                       \
        status = sm_fail((code), __VA_ARGS__);                                 \
        goto out;                                                              \
    } while (0)

#define SM_CHECK(condition, code, ...)                                         \
    do {                                                                       \
        if (!(condition)) SM_FAIL((code), __VA_ARGS__);                        \
    } while (0)

#define SM_CHECK_MEMORY(pointer)                                               \
    do {                                                                       \
        if ((pointer) == NULL) {                                               \
            status = sm_fail_memory();                                         \
            goto out;                                                          \
        }                                                                      \
    } while (0)

/* The same where nothing needs to be freed. */
#define SM_RETURN_IF_ERROR(expression)                                         \
    do {                                                                       \
        sm_status const returned_ = (expression);                              \
        if (returned_ != SIAMESE_OK) return returned_;                         \
    } while (0)

#define SM_REQUIRE(condition, code, ...)                                       \
    do {                                                                       \
        if (!(condition)) return sm_fail((code), __VA_ARGS__);                 \
    } while (0)

#endif
