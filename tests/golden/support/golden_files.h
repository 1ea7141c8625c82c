/* golden_files.h: the files of a folder of golden vectors: .npy arrays, JSON
 * and lines of text. What cannot be read ends the program: there is no test
 * then. */
#ifndef GOLDEN_FILES_H
#define GOLDEN_FILES_H

#include <jansson.h>
#include <stddef.h>

#include <siamese/siamese.h>

/* Says why on standard error and exits with status 2. */
void golden_die(const char *format, ...)
    __attribute__((format(printf, 1, 2), noreturn));

void *golden_alloc(size_t count, size_t size);

/* "folder/name", to be freed. */
char *golden_path(const char *folder, const char *name);
int golden_exists(const char *folder, const char *name);

/* ---- arrays ---- */

typedef struct golden_array {
    size_t rank;
    size_t shape[4]; /* 1 past rank */
    size_t count;
    double *values; /* [count], row-major; integers too: all below 2^53 */
} golden_array;

golden_array golden_read_array(const char *folder, const char *name);
void golden_array_free(golden_array *array);

/* ---- texts ---- */

typedef struct golden_texts {
    siamese_text *items; /* [count], copies */
    size_t count;
} golden_texts;

void golden_texts_add(golden_texts *texts, const char *data, size_t size);
void golden_texts_free(golden_texts *texts);

/* Appends the lines of a file, or the strings of a JSON list. */
void golden_texts_add_lines(golden_texts *texts, const char *folder,
                            const char *name);
void golden_texts_add_json(golden_texts *texts, const json_t *list);

/* To be freed by json_decref. */
json_t *golden_read_json(const char *folder, const char *name);

/* ---- folders ---- */

typedef struct golden_names {
    char **items; /* sorted */
    size_t count;
} golden_names;

/* Entries of a folder; none if there is no such folder. */
golden_names golden_list(const char *folder);
void golden_names_free(golden_names *names);

#endif
