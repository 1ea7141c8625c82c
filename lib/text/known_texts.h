/*
 * known_texts.h: texts that come again and again, as items do from epoch to
 * epoch, with the ids that they have: to take a text apart, stem it and hash it
 * costs many times as much as to find it.
 *
 * A text is kept when it comes the second time, since most of what is generated
 * comes once, and until the room is used up; what is kept from then on stays.
 * So memory is bounded, and where texts come in rounds, as many are found as
 * there is room for.
 */
#ifndef SM_KNOWN_TEXTS_H
#define SM_KNOWN_TEXTS_H

#include <stdbool.h>

#include "text/id_list.h"
#include "text/text_rows.h"

/* All zero is empty; each vocabulary has its own. */
typedef struct sm_known_texts {
    sm_text_rows texts;
    size_t *ends; /* [texts.count]: where the ids of each text end */
    int32_t *ids;
    size_t ends_capacity, ids_capacity;
    uint64_t *seen; /* bits, by hashes of the texts that came once */
    size_t seen_count;
} sm_known_texts;

void sm_known_texts_free(sm_known_texts *known);

/* Appends the text's ids to the list and sets *found, unless it is not known.
 * Any number of threads, none of which adds. */
sm_status sm_known_texts_read(const sm_known_texts *known,
                              const siamese_text *text, sm_id_list *list,
                              bool *found);

/* By which a text is told from others that came once; any thread. */
uint64_t sm_known_texts_key(const siamese_text *text);

/* A text that was not known, of this key, had these ids. Failing, what is known
 * is as before. */
sm_status sm_known_texts_add(sm_known_texts *known, const siamese_text *text,
                             uint64_t key, const int32_t *ids, size_t count);

#endif
