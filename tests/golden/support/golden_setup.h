/* golden_setup.h: a model case of golden vectors in the library: its texts, a
 * tower with its weights, a trainer with its pairs. */
#ifndef GOLDEN_SETUP_H
#define GOLDEN_SETUP_H

#include "golden/support/golden_config.h"
#include "golden/support/golden_files.h"
#include "golden/support/golden_report.h"

typedef struct golden_parameter {
    char name[64]; /* of its files */
    char own[64];  /* the library's */
    int transposed;
    golden_array start; /* w0 */
} golden_parameter;

typedef struct golden_setup {
    golden_report *report;
    const char *folder; /* the case's own */
    golden_config config;
    golden_texts queries, titles;
    siamese_vocab *vocab;
    siamese_tower *tower; /* with w0 */
    siamese_trainer *trainer;
    golden_parameter *parameters;
    size_t parameter_count;
} golden_setup;

/* "name.npy" of the case: whether it is there, and what it holds. */
int golden_has(const golden_setup *m, const char *name);
golden_array golden_array_of(const golden_setup *m, const char *name);

/* The library has failed where a check wanted an answer. */
void golden_no_answer(const golden_setup *m, const char *check);

/* The pairs of group/pairs.tsv, or, with a vocabulary for them, PyTorch's ids
 * written out as texts; 0 if the library fails. */
void golden_read_pairs(golden_setup *m, const char *group);
int golden_make_texts(golden_setup *m);

/* The parameters are those that have a file w0.NAME.npy. */
void golden_read_parameters(golden_setup *m);

/* Numbers of the library's tensor: a table has a row for [UNK] of its own. */
size_t golden_own_count(const siamese_tower *tower, const golden_parameter *p);

/* A tower with the weights of the files TAG.NAME.npy. */
siamese_status golden_make_tower(const golden_setup *m, const char *tag,
                                 siamese_tower **tower);

/* m->trainer, of m->tower and the pairs. */
siamese_status golden_make_trainer(golden_setup *m);

void golden_setup_free(golden_setup *m);

#endif
