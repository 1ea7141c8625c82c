/*
 * words_change.h: one change of the catalogue's words in two steps, beside that
 * of the items (items_change.h): a stage does all that can fail and shows
 * nothing, a commit cannot fail. Between them, and in them, nobody else changes
 * the words.
 */
#ifndef SM_WORDS_CHANGE_H
#define SM_WORDS_CHANGE_H

#include "items/item_table.h"
#include "search/catalogue_words.h"

typedef struct sm_words_change sm_words_change;

/*
 * Titles of new rows[count], ascending and above all that there were (titles
 * NULL: they are empty), and rows that go. The numbers of rows are lent until
 * the commit. sm_words_commit or sm_words_abandon must follow a success.
 */
sm_status sm_words_stage(sm_words_change **out, sm_catalogue_words *words,
                         const siamese_text *titles, const int64_t *rows,
                         size_t count, const int64_t *removed,
                         size_t removed_count);
void sm_words_commit(sm_words_change *change);
void sm_words_abandon(sm_words_change *change);

/* Whether the words of titles are words to this tower: its first field reads
 * texts by a vocabulary. */
bool sm_words_can_be_of(const siamese_tower *item);

/* Whether words are of just these rows, ascending, and of this tower, whose
 * they are from now on. Words of a file have none: some vectors are made again
 * and compared. */
sm_status sm_words_bind(sm_catalogue_words *words, siamese_tower *item,
                        const int64_t *rows, size_t count, bool *are);

/* The words of rows[count] of a table, ascending. */
sm_status sm_words_create(sm_catalogue_words **out, siamese_tower *item,
                          const sm_item_table *table, const int64_t *rows,
                          size_t count);

#endif
