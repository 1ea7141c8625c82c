/*
 * every_call.h: a row of every_functions, the world it is called in, and the
 * call. For tests that go through all rows.
 */
#ifndef EVERY_CALL_H
#define EVERY_CALL_H

#include "api/every_function_rows.h"

static const every_function *f; /* the row of the test */
static size_t capacity;         /* that its result needs */

/* null: the argument that is NULL; -1: none is. */
static inline siamese_status call(int null, size_t room)
{
    void *p[EVERY_ARGUMENTS] = {NULL};
    for (int i = 0; i < EVERY_ARGUMENTS; i++) {
        const every_argument *const a = &f->arguments[i];
        if (a->kind == EVERY_NONE || i == null) continue;
        if (a->kind == EVERY_HANDLE)
            memcpy(&p[i], a->at, sizeof p[i]);
        else
            memcpy(&p[i], &a->at, sizeof p[i]);
    }
    return f->call(p, room);
}

/* 0: this build has not what the row needs. */
static inline int begin(void)
{
    capacity = f->capacity;
    if (f->alone)
        memset(&w, 0, sizeof w);
    else
        every_world_make();
    if (!f->optional) return 1;
    if (every_pieces(&w.pieces, part_texts) == SIAMESE_E_UNSUPPORTED) {
        every_world_free();
        return 0;
    }
    ok(siamese_vocab_get_sentencepiece(w.pieces, every_model,
                                       sizeof every_model, &every_model_size));
    if (f->measured) capacity = every_model_size;
    return 1;
}

/* What the call made. */
static inline void free_made(void)
{
    if (!f->free_out) return;
    f->free_out(w.out);
    if (w.out2) f->free_out(w.out2);
    w.out = w.out2 = NULL;
}

static inline void end(void)
{
    if (!f->alone) every_world_free();
}

#endif
