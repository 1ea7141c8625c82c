/*
 * cli_fields.h: what an item has beside its title: further columns of texts,
 * ids, categories and numbers, one field of the tower each.
 *
 * --field COLUMN[=KIND[,OPTION=VALUE...]], in the order of the tower's fields.
 * A model's notes keep them, so that every verb reads the same columns.
 */
#ifndef CLI_FIELDS_H
#define CLI_FIELDS_H

#include <jansson.h>
#include <siamese/siamese.h>

#include "data/cli_csv.h"

typedef struct cli_field {
    char *column;
    char *kind;            /* "text", "id", "category" or "numbers" */
    char *settings;        /* "option=value,...", may be empty */
    size_t numbers;        /* that a cell holds, if they are numbers */
    siamese_tower *reader; /* of such cells; NULL: none was read yet */
} cli_field;

typedef struct cli_fields {
    cli_field *list;
    size_t count, capacity;
} cli_fields;

#define CLI_FIELD_HELP                                                         \
    "--field COLUMN[=KIND[,OPTION=VALUE...]] adds a field to items; queries "  \
    "have the\n"                                                               \
    "first one alone, their text. KIND is\n"                                   \
    "  text      (default) words, through the one vocabulary of the model\n"   \
    "  id        a vector for the cell as a whole, hashed to `buckets`\n"      \
    "  category  the same for each value of the data; others share one\n"      \
    "  numbers   decimal numbers, scaled by you; exactly `numbers` a cell\n"   \
    "OPTION is one of the settings field.* below: weight, shared_field=1 "     \
    "(the\n"                                                                   \
    "encoder of the title), sequence_length, buckets, numbers, dim. "          \
    "--text-column\n"                                                          \
    "COLUMN is --field COLUMN=text. Vectors of fields are added, or, with\n"   \
    "--set combine=concat, joined; an empty or blank cell adds nothing.\n"     \
    "siamese index keeps the cells in columns of the items, which have the\n"  \
    "names of the data in lower case, with _ for what is no letter or digit;\n"\
    "where a name is taken, as text, id, title and position are, fN_ stands\n" \
    "before it."

/* Takes the value of --field, of --text-column, into a cli_fields. */
void cli_fields_take(void *fields, const char *definition);
void cli_fields_take_text(void *fields, const char *column);
void cli_fields_free(cli_fields *fields);

/*
 * The library's options of field i: `base`, then its own. A setting that the
 * library refuses ends the command with status 2.
 */
void cli_fields_options(const cli_fields *fields, size_t i,
                        const siamese_field_options *base,
                        siamese_field_options *options);

/* Reads the settings of all, so that faults are told before data is read. */
void cli_fields_check(cli_fields *fields, const siamese_field_options *base);

/* To and from the notes of a model. */
void cli_fields_store(const cli_fields *fields, json_t *notes);
void cli_fields_load(cli_fields *fields, const json_t *notes);

/* Other names of the columns, in the same order; none: as they are. */
void cli_fields_rename(cli_fields *fields, const cli_fields *names);

/* The place of each field's column; a column that is not there fails. */
int *cli_fields_find(const cli_fields *fields, const cli_csv *csv);

/* Whether the cells of a row can be read; if not, the row is rejected. */
int cli_fields_accept(const cli_fields *fields, const int *columns,
                      const siamese_text *row, cli_csv *csv);

#endif
