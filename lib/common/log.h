/* log.h: messages to the host's log hook; silent until there is one. */
#ifndef SM_LOG_H
#define SM_LOG_H

#include <stdbool.h>
#include <stdint.h>

/* Whether a message of the level is heard, for those that take time to find. */
bool sm_log_hears(int32_t level);

/* Tells the host at once, or, while the thread holds a handle's lock, as soon
 * as it has let go. */
void sm_log(int32_t level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * For the functions that take and release the lock of a handle: the host's log
 * function may use that handle, so what is said between _hold and _release is
 * told by _release, which comes when the lock is free. They may be nested.
 */
void sm_log_hold(void);
void sm_log_release(void);

#endif
