/* text_scratch.h: the memory in which one thread takes a text apart, lent from
 * a list, so that it is taken once a thread and not once a text. */
#ifndef SM_TEXT_SCRATCH_H
#define SM_TEXT_SCRATCH_H

#include "common/lending.h"
#include "text/id_list.h"
#include "text/stemmer.h"
#include "text/unicode_words.h"
#include "text/words.h"

typedef struct sm_text_scratch {
    sm_lent lent;
    sm_words raw; /* before stems or single characters */
    sm_words words;
    sm_words compounds, quantities;
    sm_code_points points, folded;
    sm_id_list ids;
    sm_stemmer *stemmer; /* NULL if there is none */
} sm_text_scratch;

typedef struct sm_text_scratches {
    sm_lending list;
    int32_t language; /* of the stemmers; 0: none */
    bool is_there;    /* it was made */
} sm_text_scratches;

/* Makes the first one at once: SIAMESE_E_UNSUPPORTED without that stemmer. */
sm_status sm_text_scratches_init(sm_text_scratches *list, int32_t language);
void sm_text_scratches_free(sm_text_scratches *list);

sm_status sm_text_scratch_borrow(sm_text_scratches *list,
                                 sm_text_scratch **out);

/* Gives it back; what a huge text took is freed. NULL is allowed. */
void sm_text_scratch_return(sm_text_scratches *list, sm_text_scratch *scratch);

#endif
