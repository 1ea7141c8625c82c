/* command.c: a part of the command in, how it ended out. Stands in place of
 * cli_message.c, whose failures end the process. */
#include "fuzz/support/command.h"

#include <fcntl.h>
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>

#include "shell/cli_message.h"

enum { MOST_BLOCKS = 1 << 12, MOST_OPEN = 16, MESSAGE = 1024 };

static char message[MESSAGE];
static jmp_buf end;
static int is_running;

/* ---- what a run holds ---- */

/* Blocks of memory, hashed by their places. */
static void *blocks[MOST_BLOCKS];
static size_t block_count;

static FILE *streams[MOST_OPEN];
static int files[MOST_OPEN];
static iconv_t converters[MOST_OPEN];
static size_t stream_count, file_count, converter_count;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);
void __real_free(void *pointer);
FILE *__real_fopen(const char *path, const char *mode);
int __real_fclose(FILE *stream);
int __real_open(const char *path, int flags, ...);
int __real_close(int file);
iconv_t __real_iconv_open(const char *to, const char *from);
int __real_iconv_close(iconv_t converter);

/* The linker takes calls of shared libraries for these as well. */
#pragma GCC visibility push(default)
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
void __wrap_free(void *pointer);
FILE *__wrap_fopen(const char *path, const char *mode);
int __wrap_fclose(FILE *stream);
int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int file);
iconv_t __wrap_iconv_open(const char *to, const char *from);
int __wrap_iconv_close(iconv_t converter);
#pragma GCC visibility pop

static size_t place_of(const void *pointer)
{
    uint64_t const bits = (uint64_t)(uintptr_t)pointer;
    return (size_t)((bits * UINT64_C(0x9e3779b97f4a7c15)) >> 40) % MOST_BLOCKS;
}

static void hold(void *pointer)
{
    size_t place = place_of(pointer);
    if (pointer == NULL || !is_running) return;
    if (++block_count > MOST_BLOCKS / 2) abort();
    while (blocks[place]) place = (place + 1) % MOST_BLOCKS;
    blocks[place] = pointer;
}

static void let_go(void *pointer)
{
    size_t place = place_of(pointer);
    if (pointer == NULL || block_count == 0) return;
    while (blocks[place] != pointer) {
        if (blocks[place] == NULL) return; /* of before, or not wrapped */
        place = (place + 1) % MOST_BLOCKS;
    }
    blocks[place] = NULL;
    block_count--;
    for (;;) { /* those behind may stand nearer to their places */
        place = (place + 1) % MOST_BLOCKS;
        void *const moved = blocks[place];
        if (moved == NULL) return;
        blocks[place] = NULL;
        block_count--;
        hold(moved);
    }
}

void *__wrap_malloc(size_t size)
{
    void *const pointer = __real_malloc(size);
    hold(pointer);
    return pointer;
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *const pointer = __real_calloc(count, size);
    hold(pointer);
    return pointer;
}

void *__wrap_realloc(void *pointer, size_t size)
{
    void *const moved = __real_realloc(pointer, size);
    if (moved == NULL) return NULL;
    let_go(pointer);
    hold(moved);
    return moved;
}

void __wrap_free(void *pointer)
{
    let_go(pointer);
    __real_free(pointer);
}

#define HOLD(list, count, one)                                                 \
    do {                                                                       \
        if (is_running) {                                                      \
            if (count == MOST_OPEN) abort();                                   \
            list[count++] = one;                                               \
        }                                                                      \
    } while (0)

#define LET_GO(list, count, one)                                               \
    for (size_t i = 0; i < count; i++)                                         \
        if (list[i] == one) {                                                  \
            list[i] = list[--count];                                           \
            break;                                                             \
        }

FILE *__wrap_fopen(const char *path, const char *mode)
{
    FILE *const stream = __real_fopen(path, mode);
    if (stream) HOLD(streams, stream_count, stream);
    return stream;
}

int __wrap_fclose(FILE *stream)
{
    LET_GO(streams, stream_count, stream)
    return __real_fclose(stream);
}

/* Readers give no mode. */
int __wrap_open(const char *path, int flags, ...)
{
    int const file = __real_open(path, flags);
    if (file >= 0) HOLD(files, file_count, file);
    return file;
}

int __wrap_close(int file)
{
    LET_GO(files, file_count, file)
    return __real_close(file);
}

iconv_t __wrap_iconv_open(const char *to, const char *from)
{
    iconv_t const converter = __real_iconv_open(to, from);
    if (converter != (iconv_t)-1) HOLD(converters, converter_count, converter);
    return converter;
}

int __wrap_iconv_close(iconv_t converter)
{
    LET_GO(converters, converter_count, converter)
    return __real_iconv_close(converter);
}

static void take_back(void)
{
    is_running = 0;
    while (stream_count > 0) __real_fclose(streams[--stream_count]);
    while (file_count > 0) __real_close(files[--file_count]);
    while (converter_count > 0)
        __real_iconv_close(converters[--converter_count]);
    for (size_t i = 0; block_count > 0 && i < MOST_BLOCKS; i++) {
        if (blocks[i] == NULL) continue;
        __real_free(blocks[i]);
        blocks[i] = NULL;
        block_count--;
    }
}

/* ---- the command's messages ---- */

static void say(const char *format, va_list arguments)
{
    vsnprintf(message, sizeof message, format, arguments);
}

void cli_set_verb(const char *verb)
{
    (void)verb;
}

/* Made all the same: what it shows must be readable. */
void cli_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void cli_warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void cli_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void cli_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    longjmp(end, COMMAND_FAILED);
}

void cli_usage_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    longjmp(end, COMMAND_USAGE);
}

void cli_try(siamese_status status)
{
    if (status) cli_fail("%s", siamese_last_error());
}

/* ---- the interface ---- */

int command_run(void (*work)(void *user), void *user)
{
    *message = '\0';
    is_running = 1;
    int const how = setjmp(end);
    if (how == 0) {
        work(user);
        is_running = 0;
        fuzz_require(block_count == 0);
        fuzz_require(stream_count + file_count + converter_count == 0);
    }
    take_back();
    return how;
}

const char *command_message(void)
{
    return message;
}
