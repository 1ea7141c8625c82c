/* log.c: a message in, the host's hook called with it. For whatever has
 * something to say that is no error. */
#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/memory.h"
#include "common/status.h"

static siamese_log_fn log_hook;
static void *log_user;
static int32_t log_level;

siamese_status siamese_set_log(siamese_log_fn log, void *user, int32_t level)
{
    SM_REQUIRE(!sm_handles_exist(), SIAMESE_E_STATE,
               "the log can be set only before the first handle");
    SM_REQUIRE(level >= SIAMESE_LOG_OFF && level <= SIAMESE_LOG_DEBUG,
               SIAMESE_E_ARGUMENT, "level: %d is not in 0 .. 4", (int)level);
    log_hook = log;
    log_user = user;
    log_level = level;
    return SIAMESE_OK;
}

bool sm_log_hears(int32_t level)
{
    return log_hook != NULL && level <= log_level;
}

void sm_log(int32_t level, const char *format, ...)
{
    if (!sm_log_hears(level)) return;
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    int const length = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (length >= 0) log_hook(log_user, level, message);
}
