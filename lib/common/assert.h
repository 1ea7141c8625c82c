/* assert.h: what holds at a place of the code whatever a caller gives, checked
 * where the tests are: in builds with SM_ASSERT, the sanitized suites. The
 * library that is installed has none of it. What a caller can cause is an
 * error, never this. */
#ifndef SM_ASSERT_H
#define SM_ASSERT_H

#ifdef SM_ASSERT
#define sm_assert(condition)                                                   \
    ((condition) ? (void)0 : sm_assert_failed(#condition, __FILE__, __LINE__))
/* Says what did not hold, and where, and ends the process. */
_Noreturn void sm_assert_failed(const char *condition, const char *file,
                                int line);
#else
/* Checked by the compiler, not evaluated. */
#define sm_assert(condition) ((void)sizeof((condition) ? 1 : 0))
#endif

#endif
