/* golden_text.h: TextVectorization's cases: keras/text/cases.json. */
#ifndef GOLDEN_TEXT_H
#define GOLDEN_TEXT_H

#include "golden/support/golden_files.h"
#include "golden/support/golden_report.h"

/* Every case of keras/text below folder (".../keras"). */
void golden_run_texts(golden_report *report, const char *folder);

/* A finished vocabulary from texts, NULL on failure. */
siamese_vocab *golden_vocab(const siamese_vocab_options *options,
                            const golden_texts *texts);

/*
 * Whether the ids of the first rows texts, padded with 0, are expected's
 * [rows][length]; negative if the library fails.
 */
int golden_ids_equal(const siamese_vocab *vocab, const golden_texts *texts,
                     const golden_array *expected);

#endif
