/* log.c: a message in, the host's hook called with it. For whatever has
 * something to say that is no error. */
#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/cancel.h"
#include "common/memory.h"
#include "common/status.h"
#include "common/thread.h"

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

/* ---- messages that wait for a lock's release ---- */

enum { MESSAGE_SIZE = 512 };

typedef struct sm_message {
    struct sm_message *next;
    int32_t level;
    char text[MESSAGE_SIZE];
} sm_message;

/* What the host calls meanwhile is its own, and not for a cancel to end. */
static void tell(int32_t level, const char *text)
{
    const atomic_int *const watched = sm_cancel_watch(NULL);
    log_hook(log_user, level, text);
    sm_cancel_watch(watched);
}

/* Without memory it is lost, as what it tells of is not. */
static void keep(sm_thread *thread, int32_t level, const char *text)
{
    sm_message *const m = sm_alloc(sizeof *m);
    if (m == NULL) return;
    m->next = thread->waiting;
    m->level = level;
    strcpy(m->text, text);
    thread->waiting = m;
}

void sm_log_hold(void)
{
    sm_thread *const thread = sm_this_thread();
    if (thread) thread->holds++;
}

void sm_log_release(void)
{
    sm_thread *const thread = sm_this_thread();
    /* none: there was no memory to count the hold */
    if (thread == NULL || thread->holds == 0 || --thread->holds > 0) return;
    while (thread->waiting) {
        sm_message **oldest = &thread->waiting;
        while ((*oldest)->next) oldest = &(*oldest)->next;
        sm_message *const m = *oldest;
        *oldest = NULL;
        tell(m->level, m->text);
        sm_free(m);
    }
}

void sm_log(int32_t level, const char *format, ...)
{
    if (!sm_log_hears(level)) return;
    char text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int const length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sm_thread *const thread = sm_this_thread();
    if (length < 0 || thread == NULL) return;
    if (thread->holds > 0)
        keep(thread, level, text);
    else
        tell(level, text);
}
