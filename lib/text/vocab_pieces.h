/* vocab_pieces.h: the ids of a text by a vocabulary's sentencepiece model, as
 * vocab_lookup.c and vocab_stats.c read texts. */
#ifndef SM_VOCAB_PIECES_H
#define SM_VOCAB_PIECES_H

#include "text/id_list.h"
#include "text/vocab_handle.h"

/* Piece i is id i + 1: id 0 stays the pad, and the unknown piece, number 0 as
 * sentencepiece has it by default, is SIAMESE_ID_UNKNOWN. */
enum { SM_FIRST_PIECE = 1 };

/* Appends all ids of a text. */
sm_status sm_vocab_piece_ids(const siamese_vocab *vocab,
                             const siamese_text *text, sm_id_list *list);

#endif
