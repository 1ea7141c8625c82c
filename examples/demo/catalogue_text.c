#include "catalogue_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- bounded text ---- */

void text_clear(text *t)
{
    t->size = 0;
    t->data[0] = '\0';
    t->overflow = false;
}

void text_append(text *t, const char *data, size_t size)
{
    if (size >= TEXT_MAX - t->size) {
        t->overflow = true;
        return;
    }
    memcpy(t->data + t->size, data, size);
    t->size += size;
    t->data[t->size] = '\0';
}

void text_append_string(text *t, const char *string)
{
    text_append(t, string, strlen(string));
}

void text_replace(text *t, const char *from, const char *to)
{
    text out;
    const char *at = t->data;
    const char *hit;

    text_clear(&out);
    while ((hit = strstr(at, from)) != NULL) {
        text_append(&out, at, (size_t)(hit - at));
        text_append_string(&out, to);
        at = hit + strlen(from);
    }
    text_append_string(&out, at);
    out.overflow |= t->overflow;
    *t = out;
}

/* ---- ASCII, whatever the locale ---- */

static bool is_letter(char c)
{
    const unsigned char u = (unsigned char)c;
    return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u >= 0x80;
}

static bool is_punctuation(char c)
{
    return c > ' ' && c < 0x7f && !is_letter(c) && !(c >= '0' && c <= '9');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* ---- lists ---- */

slice slice_of(const char *string)
{
    return (slice){string, strlen(string)};
}

int list_count(slice list, char separator)
{
    int count = list.size > 0;
    for (size_t i = 0; i < list.size; i++) count += list.data[i] == separator;
    return count;
}

slice list_entry(slice list, char separator, int i)
{
    const char *const end = list.data + list.size;
    const char *at = list.data;
    const char *stop;

    for (;; at = stop + 1) {
        stop = memchr(at, separator, (size_t)(end - at));
        if (stop == NULL) stop = end;
        if (i-- == 0 || stop == end) return (slice){at, (size_t)(stop - at)};
    }
}

slice value_title(const char *values, int i)
{
    return list_entry(list_entry(slice_of(values), '|', i), '=', 0);
}

/* The part of value i after '='; empty when it has none. */
static slice asked_list(const char *values, int i)
{
    const slice value = list_entry(slice_of(values), '|', i);
    if (list_count(value, '=') < 2) return (slice){value.data, 0};
    return list_entry(value, '=', 1);
}

int value_asked_count(const char *values, int i)
{
    const int count = list_count(asked_list(values, i), ';');
    return count > 0 ? count : 1;
}

text value_asked(const char *values, int i, int k)
{
    const slice list = asked_list(values, i);
    text out;

    text_clear(&out);
    if (list.size > 0) {
        const slice asked = list_entry(list, ';', k);
        text_append(&out, asked.data, asked.size);
        return out;
    }
    const slice title = value_title(values, i);
    for (size_t j = 0; j < title.size; j++) {
        const char c = title.data[j] == '-' ? ' ' : lower(title.data[j]);
        if (c != '.') text_append(&out, &c, 1);
    }
    return out;
}

bool value_answers(const char *values, int i, const char *asked)
{
    const int count = value_asked_count(values, i);
    for (int k = 0; k < count; k++)
        if (strcmp(value_asked(values, i, k).data, asked) == 0) return true;
    return false;
}

/* ---- words ---- */

/* The next run of letters at or after `at`; false at the end. */
static bool next_word(const char *at, slice *word)
{
    while (*at != '\0' && !is_letter(*at)) at++;
    word->data = at;
    while (is_letter(*at)) at++;
    word->size = (size_t)(at - word->data);
    return word->size > 0;
}

static bool same_word(slice a, slice b)
{
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.data[i]) != lower(b.data[i])) return false;
    return true;
}

bool text_repeats_word(const char *string)
{
    slice a, b;
    for (const char *p = string; next_word(p, &a); p = a.data + a.size) {
        if (a.size < 3) continue;
        for (const char *q = a.data + a.size; next_word(q, &b);
             q = b.data + b.size)
            if (same_word(a, b)) return true;
    }
    return false;
}

text text_standardize(const char *string)
{
    text out;
    text_clear(&out);
    for (; *string != '\0'; string++) {
        const char c = lower(*string);
        const bool space = c == ' ';
        if (is_punctuation(c) ||
            (space && (out.size == 0 || out.data[out.size - 1] == ' ')))
            continue;
        text_append(&out, &c, 1);
    }
    if (out.size > 0 && out.data[out.size - 1] == ' ')
        out.data[--out.size] = '\0';
    return out;
}

/* ---- set of strings: open addressing, at most half full ---- */

/* FNV-1a. */
static uint64_t hash(const char *string)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *string != '\0'; string++)
        h = (h ^ (unsigned char)*string) * UINT64_C(0x100000001b3);
    return h;
}

/* The slot that holds the string, or the free one where it belongs. */
static size_t find_slot(const string_set *set, const char *string)
{
    const size_t mask = set->capacity - 1;
    size_t slot = (size_t)hash(string) & mask;
    while (set->slots[slot] != 0 &&
           strcmp(set->strings[set->slots[slot] - 1], string) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

static bool grow(string_set *set)
{
    const size_t capacity = set->capacity ? 2 * set->capacity : 1024;
    size_t *slots = calloc(capacity, sizeof *slots);
    char **strings = realloc(set->strings, capacity / 2 * sizeof *set->strings);

    if (strings != NULL) set->strings = strings;
    if (slots == NULL || strings == NULL) {
        free(slots);
        return false;
    }
    free(set->slots);
    set->slots = slots;
    set->capacity = capacity;
    for (size_t i = 0; i < set->count; i++)
        slots[find_slot(set, strings[i])] = i + 1;
    return true;
}

bool string_set_add(string_set *set, const char *string)
{
    const size_t size = strlen(string) + 1;
    char *copy;

    if (string_set_has(set, string)) return true;
    if (set->count == set->capacity / 2 && !grow(set)) return false;
    copy = malloc(size);
    if (copy == NULL) return false;
    memcpy(copy, string, size);
    set->strings[set->count] = copy;
    set->slots[find_slot(set, string)] = ++set->count;
    return true;
}

bool string_set_has(const string_set *set, const char *string)
{
    return set->capacity > 0 && set->slots[find_slot(set, string)] != 0;
}

void string_set_free(string_set *set)
{
    for (size_t i = 0; i < set->count; i++) free(set->strings[i]);
    free(set->strings);
    free(set->slots);
    *set = (string_set){0};
}
