/*
 * every_sight.h: what there is to see of every_function's world, so that a test
 * can compare it before and after a call that failed, and that of two calls.
 */
#ifndef EVERY_SIGHT_H
#define EVERY_SIGHT_H

#include <stdarg.h>

#include "api/every_call.h"

static int complaints;

/* Of call n of those below a row, which failed; -1: none did. */
static inline void complain(const char *name, long n, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s, call %ld: ", name, n);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    complaints++;
}

/* With all arguments, and nothing read or written by streams yet. */
static inline siamese_status call_afresh(void)
{
    w.read = 0;
    free(w.again.bytes);
    w.again = (image){.writes_left = -1};
    return call(-1, capacity);
}

/* ---- what there is to see of the world ---- */

/* The bytes of a checkpoint of all handles that one can hold. */
typedef struct sight {
    image bundle, model;
    unsigned char *results[EVERY_ARGUMENTS];
} sight;

static inline int32_t write_model(void *user, const void *data, size_t size)
{
    return image_write(user, data, size);
}

static inline sight look(void)
{
    sight s = {.model.writes_left = -1};
    for (int i = 0; i < EVERY_ARGUMENTS; i++) {
        const every_argument *const a = &f->arguments[i];
        if (a->kind != EVERY_RESULT) continue;
        s.results[i] = malloc(a->size);
        memcpy(s.results[i], a->at, a->size);
    }
    if (f->alone) return s;
    if (w.bundle) s.bundle = write_bundle(w.bundle);
    if (w.model) ok(siamese_model_write(w.model, write_model, &s.model, NULL));
    return s;
}

static inline void close_eyes(sight *s)
{
    for (int i = 0; i < EVERY_ARGUMENTS; i++) free(s->results[i]);
    free(s->bundle.bytes);
    free(s->model.bytes);
}

static inline int same_image(image a, image b)
{
    return a.size == b.size && (!a.size || !memcmp(a.bytes, b.bytes, a.size));
}

/* A handle that would have been made. Buffers may be half written. */
static inline int is_handle(const void *at)
{
    return at == &w.out || at == &w.out2;
}

/* Results that are numbers or letters, not places in memory or times. */
static inline int is_comparable(const void *at)
{
    return at == w.ids || at == w.floats || at == w.doubles || at == w.sizes ||
           at == &w.needed || at == w.bytes || at == &w.number ||
           at == w.present || at == &w.stats || at == &w.counts;
}

static inline void compare_results(const sight *a, const sight *b,
                                   int (*is_one)(const void *at), long n,
                                   const char *what)
{
    for (int i = 0; i < EVERY_ARGUMENTS; i++) {
        const every_argument *const at = &f->arguments[i];
        if (a->results[i] == NULL || !is_one(at->at)) continue;
        if (memcmp(a->results[i], b->results[i], at->size))
            complain(f->name, n, "%s: %s differs", what, at->name);
    }
}

static inline void compare_handles(const sight *a, const sight *b, long n,
                                   const char *what)
{
    if (!same_image(a->bundle, b->bundle))
        complain(f->name, n, "%s: a handle of the bundle differs", what);
    if (!same_image(a->model, b->model))
        complain(f->name, n, "%s: the model differs", what);
}

/* Room for the call of a world of its own; what it shows goes to seen. */
static inline int unbroken(sight *seen)
{
    if (!begin()) return 0;
    siamese_status const status = call_afresh();
    if (status)
        complain(f->name, -1, "%s: %s", siamese_status_name(status),
                 siamese_last_error());
    *seen = look();
    free_made();
    end();
    return status == SIAMESE_OK;
}

#endif
