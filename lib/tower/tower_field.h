/* tower_field.h: one field of a tower: how its texts become ids, and the
 * encoder of those. */
#ifndef SM_TOWER_FIELD_H
#define SM_TOWER_FIELD_H

#include <stdbool.h>

#include "common/options.h"
#include "nn/encoder.h"
#include "text/id_list.h"

/* Tokens of a text at the most: it bounds what a pass keeps of a row. */
enum { SM_LENGTH_MAX = 4096 };

extern const sm_option_table sm_field_option_table;

typedef struct sm_field {
    char name[64];
    siamese_vocab *vocab; /* a reference of its own; NULL: it has none */
    siamese_field_options options;
    size_t length; /* tokens read of a text; 0: all */
    size_t table;  /* ids are below it */
    size_t owner; /* the field whose encoder it uses; its own number: its own */
    sm_encoder *encoder;
} sm_field;

/*
 * Fills in what a field is by its options, which are checked; `first` is the
 * tower's first field or NULL. The encoder is made, its parameters, all zero,
 * added to the list. shared: the field whose encoder it is to use, or NULL.
 */
sm_status sm_field_create(sm_field *field, const char *name,
                          const siamese_vocab *vocab,
                          const siamese_tower_options *tower,
                          const sm_field *first, const sm_field *shared,
                          sm_parameters *list);

/* Frees what create made, for number `number` of a tower. */
void sm_field_free(sm_field *field, size_t number);

/* Whether a row of several fields is read as if it had none here. */
bool sm_field_absent(const sm_field *field, const siamese_text *text);

/* What sm_field_read would say of the text, which it may never be given. */
sm_status sm_field_check(const sm_field *field, const siamese_text *text);

/*
 * Appends the ids of one text to the list, as many as `length` where that is
 * fixed. SIAMESE_E_ARGUMENT for a text of numbers that is not so many of them.
 */
sm_status sm_field_read(const sm_field *field, const siamese_text *text,
                        sm_id_list *list);

#endif
