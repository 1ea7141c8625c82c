/* tower_ids.h: the texts of a batch as ragged rows of ids for one encoder, read
 * in parallel. */
#ifndef SM_TOWER_IDS_H
#define SM_TOWER_IDS_H

#include "common/pool.h"
#include "text/known_texts.h"
#include "tower/tower_field.h"

/* Reused from batch to batch; all zero to begin with. */
typedef struct sm_tower_ids {
    bool marks_runs;  /* set before reading: ids are those of
                      * common/marked_id.h */
    bool knows_texts; /* likewise: texts come again, batch after batch, of the
                       * same fields */
    size_t rows;
    size_t *offsets; /* [rows + 1] */
    int32_t *ids;    /* of row r: ids[offsets[r]] .. ids[offsets[r + 1] - 1] */
    sm_id_list *parts; /* the ids of each task's rows */
    size_t rows_capacity, parts_count, ids_capacity;
    sm_known_texts *known; /* of each field of the encoder's, in their order */
    size_t known_count;
    bool *is_new;   /* [rows]: read here, and to be known: */
    uint64_t *keys; /* [rows]: by this */
} sm_tower_ids;

/*
 * Reads texts[count][field_count]: for each field that uses the encoder of
 * field `owner`, in their order, count rows.
 */
sm_status sm_tower_ids_read(sm_tower_ids *ids, sm_pool *pool,
                            const sm_field *fields, size_t field_count,
                            size_t owner, const siamese_text *texts,
                            size_t count);
void sm_tower_ids_free(sm_tower_ids *ids);

#endif
