/* status.c: a code and a message in, the thread's last error out. Every failure
 * of the library passes through here. */
#include "common/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/thread.h"

const char *siamese_version(void)
{
    return SIAMESE_VERSION_STRING;
}

const char *siamese_last_error(void)
{
    return sm_thread_error();
}

/* A text that is too long, as with a path in it, loses its middle: what went
 * wrong stands at its end. */
static void set_last_error(const char *text, size_t length)
{
    static const char gap[] = " ... ";
    enum { END = 400, START = SM_ERROR_SIZE - sizeof gap - END };
    sm_thread *const thread = sm_this_thread();
    if (thread == NULL) {
        sm_thread_lost_error();
        return;
    }
    char *const last_error = thread->last_error;
    if (length < SM_ERROR_SIZE) {
        memcpy(last_error, text, length + 1);
        return;
    }
    memcpy(last_error, text, START);
    memcpy(last_error + START, gap, sizeof gap - 1);
    memcpy(last_error + START + sizeof gap - 1, text + length - END, END + 1);
}

sm_status(sm_fail)(sm_status code, const char *format, ...)
{
    /* through a copy, since an argument may be the last error itself; it has
     * room for the longest path that a system takes */
    char text[8192];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(text, sizeof text, format, arguments) < 0) text[0] = '\0';
    va_end(arguments);
    set_last_error(text, strlen(text));
    return code;
}

sm_status(sm_fail_memory)(void)
{
    set_last_error("out of memory", strlen("out of memory"));
    return SIAMESE_E_MEMORY;
}

const char *siamese_status_name(siamese_status status)
{
    switch (status) {
    case SIAMESE_OK:
        return "SIAMESE_OK";
#define CASE(name, code, text)                                                 \
    case code:                                                                 \
        return "SIAMESE_" #name;
        SIAMESE_STATUS_MAP(CASE)
#undef CASE
    default:
        return "unknown";
    }
}

const char *siamese_status_text(siamese_status status)
{
    switch (status) {
    case SIAMESE_OK:
        return "success";
#define CASE(name, code, text)                                                 \
    case code:                                                                 \
        return text;
        SIAMESE_STATUS_MAP(CASE)
#undef CASE
    default:
        return "unknown status";
    }
}
