/* words_state.h: the words of a catalogue to and from a section of a
 * checkpoint; docs/format.md has its bytes. */
#ifndef SM_WORDS_STATE_H
#define SM_WORDS_STATE_H

#include "common/stream.h"
#include "search/catalogue_words.h"

/* Of what no row has any more nothing is written. With the lock. */
sm_status sm_words_write(const sm_catalogue_words *words, sm_writer *writer);

/* Words that have no tower yet: sm_words_bind gives them one. */
sm_status sm_words_read(sm_catalogue_words **out, sm_reader *reader);

#endif
