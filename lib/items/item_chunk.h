/*
 * item_chunk.h: a run of up to 1,024 rows of items, column by column.
 *
 * A row that is in a chunk never changes, so that hits read it without a lock
 * while the items go on: new rows come behind the others, and what must move,
 * moves to another chunk.
 */
#ifndef SM_ITEM_CHUNK_H
#define SM_ITEM_CHUNK_H

#include "common/reference.h"
#include "common/status.h"

enum { SM_CHUNK_ROWS = 1024 };

/* What a column is. */
typedef struct sm_item_column {
    char name[64];
    int32_t type; /* SIAMESE_COLUMN_* */
} sm_item_column;

/* The values of a column in a chunk. */
typedef struct sm_item_values {
    int32_t type;
    unsigned char *present; /* [capacity] */
    siamese_text *texts;    /* [capacity], with a NUL behind each; or */
    int64_t *integers;      /* [capacity]; or */
    double *numbers;        /* [capacity] */
} sm_item_values;

/* The bytes of some texts. */
typedef struct sm_item_bytes {
    struct sm_item_bytes *next;
    char data[];
} sm_item_bytes;

typedef struct sm_item_chunk {
    sm_references references;
    size_t capacity, count; /* count: of the writer's alone, while it grows */
    uint16_t *places; /* [count] of each row among the 1,024, ascending; NULL:
                       * all of 0 .. count - 1 are there */
    siamese_text *text_ids; /* [capacity], or */
    int64_t *ids;           /* [capacity] */
    siamese_text *titles;   /* [capacity] */
    size_t column_count;    /* columns that are younger have no values here */
    sm_item_values *columns;
    sm_item_bytes *bytes; /* the newest first */
    size_t size;          /* of all its memory */
} sm_item_chunk;

/* Some rows as they come from a host, a file or another chunk. */
typedef struct sm_item_source {
    const int64_t *ids;
    const siamese_text *text_ids;
    const siamese_text *titles;            /* NULL: empty */
    const siamese_column_values **columns; /* by column; NULL: missing */
    size_t column_count;
} sm_item_source;

/* Empty, with room for `capacity` rows, and for their places if it is sparse;
 * the caller fills those in. */
sm_status sm_item_chunk_create(sm_item_chunk **out, size_t capacity,
                               int is_sparse, int32_t ids,
                               const sm_item_column *columns,
                               size_t column_count);
void sm_item_chunk_release(sm_item_chunk *chunk);

/*
 * Writes rows first .. first + count - 1 of the source behind those that are
 * there, but leaves chunk->count as it is: nobody sees them until it grows.
 * An integer id that is not given is number + i.
 */
sm_status sm_item_chunk_write(sm_item_chunk *chunk,
                              const sm_item_source *source, size_t first,
                              size_t count, int64_t number);

/* Forgets the bytes of rows that were written and not wanted. */
void sm_item_chunk_take_back(sm_item_chunk *chunk, const sm_item_bytes *last);

/*
 * A chunk with room for `capacity` rows that has those rows of this one whose
 * place `keeps`, all if NULL, under places of its own.
 */
sm_status sm_item_chunk_copy(sm_item_chunk **out, const sm_item_chunk *from,
                             size_t capacity, const uint64_t *keeps,
                             const sm_item_column *columns,
                             size_t column_count);

/* Where the row of a place is; SIZE_MAX: not here. Of a chunk that grows the
 * place is taken as it is. */
static inline size_t sm_item_chunk_find(const sm_item_chunk *chunk,
                                        size_t place)
{
    if (chunk->places == NULL) return place;
    size_t low = 0, high = chunk->count;
    while (low < high) {
        size_t const middle = (low + high) / 2;
        if (chunk->places[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low < chunk->count && chunk->places[low] == place ? low : SIZE_MAX;
}

#endif
