/*
 * marked_id.h: ids >= 0 in a row, of which some begin a run: ids that other
 * rows have in the same order too, as those of a word and its n-grams. Such an
 * id is there as its complement, ~id < 0, and so is the first one behind a run.
 * The order of runs says nothing.
 */
#ifndef SM_MARKED_ID_H
#define SM_MARKED_ID_H

#include <stdbool.h>
#include <stdint.h>

static inline bool sm_id_begins_run(int32_t marked)
{
    return marked < 0;
}

static inline int32_t sm_id_unmarked(int32_t marked)
{
    return marked < 0 ? ~marked : marked;
}

static inline int32_t sm_id_marked(int32_t id, bool begins_run)
{
    return begins_run ? ~id : id;
}

#endif
