/* log.h: messages to the host's log hook; silent until there is one. */
#ifndef SM_LOG_H
#define SM_LOG_H

#include <stdbool.h>
#include <stdint.h>

/* Whether a message of the level is heard, for those that take time to find. */
bool sm_log_hears(int32_t level);

void sm_log(int32_t level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
