#include "index/index_scratch.h"

#include "common/memory.h"
#include "common/size.h"

enum {
    ALIGNMENT = 64,
    BYTES_TO_KEEP = 1 << 22, /* a larger one is let go */
};

void *sm_layout_array(sm_layout *layout, size_t count, size_t size)
{
    size_t bytes, begin = layout->used;
    if (!sm_size_multiply(count, size, &bytes) ||
        !sm_size_add(begin, bytes, &layout->used) ||
        !sm_size_add(layout->used, ALIGNMENT - 1, &layout->used)) {
        layout->used = SIZE_MAX;
        return NULL;
    }
    layout->used -= layout->used % ALIGNMENT;
    return layout->memory ? layout->memory + begin : NULL;
}

void sm_scratch_free(sm_scratch *scratch)
{
    if (scratch == NULL) return;
    sm_aligned_free(scratch->memory);
    sm_free(scratch);
}

static sm_scratch *pop(siamese_index *index)
{
    pthread_mutex_lock(&index->scratch_lock);
    sm_scratch *const scratch = index->scratches;
    if (scratch) index->scratches = scratch->next;
    pthread_mutex_unlock(&index->scratch_lock);
    return scratch;
}

/* Of at least so many bytes; what it had is lost. */
static sm_status make_room(sm_scratch *scratch, size_t bytes)
{
    if (bytes <= scratch->size) return SIAMESE_OK;
    sm_aligned_free(scratch->memory);
    scratch->size = 0;
    scratch->memory = sm_aligned_array(bytes, 1);
    if (scratch->memory == NULL) return sm_fail_memory();
    scratch->size = bytes;
    return SIAMESE_OK;
}

static sm_status make(sm_scratch **out, size_t bytes)
{
    sm_scratch *const scratch = sm_calloc(1, sizeof *scratch);
    if (scratch == NULL) return sm_fail_memory();
    sm_status const status = make_room(scratch, bytes);
    if (status != SIAMESE_OK) {
        sm_scratch_free(scratch);
        return status;
    }
    *out = scratch;
    return SIAMESE_OK;
}

/* When there is none, two are made: a second thread that searches beside the first
 * for the first time finds one. */
sm_status sm_scratch_take(siamese_index *index, size_t bytes,
                          sm_scratch **out)
{
    sm_status status = SIAMESE_OK;
    sm_scratch *spare, *scratch = pop(index);
    if (scratch == NULL) {
        SM_TRY(make(&scratch, bytes));
        SM_TRY(make(&spare, bytes));
        sm_scratch_give(index, spare);
    }
    SM_TRY(make_room(scratch, bytes));
    *out = scratch;
    scratch = NULL;
out:
    sm_scratch_free(scratch);
    return status;
}

void sm_scratch_give(siamese_index *index, sm_scratch *scratch)
{
    if (scratch->size > BYTES_TO_KEEP) {
        sm_scratch_free(scratch);
        return;
    }
    pthread_mutex_lock(&index->scratch_lock);
    scratch->next = index->scratches;
    index->scratches = scratch;
    pthread_mutex_unlock(&index->scratch_lock);
}
