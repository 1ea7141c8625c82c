/*
 * Strings of the demo generator: the family tables' lists, bounded text
 * building, and sets of strings.
 */
#ifndef CATALOGUE_TEXT_H
#define CATALOGUE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum { TEXT_MAX = 512 };

/* Zero-terminated text that remembers when it did not fit. */
typedef struct {
    char data[TEXT_MAX];
    size_t size;
    bool overflow;
} text;

typedef struct {
    const char *data;
    size_t size;
} slice;

void text_clear(text *t);
void text_append(text *t, const char *data, size_t size);
void text_append_string(text *t, const char *string);

/* Replaces every `from` by `to`. */
void text_replace(text *t, const char *from, const char *to);

slice slice_of(const char *string);

/* Entries of a list that are separated by `separator`. */
int list_count(slice list, char separator);
slice list_entry(slice list, char separator, int i);

/* A value as titles print it. */
slice value_title(const char *values, int i);

/* The ways to ask for value i, and the k-th of them. */
int value_asked_count(const char *values, int i);
text value_asked(const char *values, int i, int k);

/* Whether value i can be asked for as `asked`. */
bool value_answers(const char *values, int i, const char *asked);

/* Whether a word of three letters or more stands twice in the text. */
bool text_repeats_word(const char *string);

/*
 * What remains of a word or query after ASCII lower case and without ASCII
 * punctuation, words separated by one space: what the vocabulary sees.
 */
text text_standardize(const char *string);

/* A set of strings; add fails only without memory. */
typedef struct {
    char **strings;
    size_t *slots; /* [capacity] position + 1 in strings, 0 when free */
    size_t count, capacity;
} string_set;

bool string_set_add(string_set *set, const char *string);
bool string_set_has(const string_set *set, const char *string);
void string_set_free(string_set *set);

#endif
