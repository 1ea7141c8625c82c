/* log.h: messages to the host's log hook; silent until there is one. */
#ifndef SM_LOG_H
#define SM_LOG_H

#include <stdint.h>

void sm_log(int32_t level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
