/* saved_trainer.h: a trainer's state and towers in memory, to be loaded
 * again. */
#ifndef SAVED_TRAINER_H
#define SAVED_TRAINER_H

#include "small_pairs.h"
#include "train/trainer_state.h"

typedef struct memory {
    unsigned char *bytes;
    size_t size, at;
} memory;

static inline sm_status append(void *context, const void *data, size_t size)
{
    memory *const m = context;
    m->bytes = realloc(m->bytes, m->size + size);
    assert_non_null(m->bytes);
    memcpy(m->bytes + m->size, data, size);
    m->size += size;
    return SIAMESE_OK;
}

static inline sm_status take(void *context, void *data, size_t size)
{
    memory *const m = context;
    assert_true(size <= m->size - m->at);
    memcpy(data, m->bytes + m->at, size);
    m->at += size;
    return SIAMESE_OK;
}

typedef struct saved {
    memory state;
    siamese_tower *query, *item;
    uint32_t version; /* of the section */
} saved;

static inline void save(const siamese_trainer *t, saved *out)
{
    *out = (saved){.version = 4};
    sm_writer writer = {append, &out->state};
    sm_trainer_pause(t);
    assert_int_equal(sm_trainer_snapshot_paused(t, 1, &out->query, &out->item),
                     0);
    assert_int_equal(sm_trainer_write(t, &writer), 0);
    sm_trainer_resume(t);
}

static inline sm_status load(saved *from, int32_t threads,
                             siamese_trainer **out)
{
    from->state.at = 0;
    sm_reader reader = {take, &from->state, from->state.size, 0, "trainer"};
    *out = NULL;
    SM_RETURN_IF_ERROR(sm_trainer_read(out, &reader, from->version, from->query,
                                       from->item, threads));
    sm_status const status = sm_read_end(&reader);
    if (status == SIAMESE_OK) return status;
    siamese_trainer_free(*out);
    *out = NULL;
    return status;
}

static inline void drop(saved *s)
{
    free(s->state.bytes);
    siamese_tower_free(s->query);
    siamese_tower_free(s->item);
}

static inline int32_t stop_at(void *user, const siamese_progress *p)
{
    return p->step == *(const uint64_t *)user;
}

#endif
