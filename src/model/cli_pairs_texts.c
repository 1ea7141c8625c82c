/* cli_pairs_texts.c: one walk over the texts, for all who take them. */
#include "model/cli_pairs_texts.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_items.h"

enum { AT_ONCE = 8192 };

/* Takes one text of the pairs and items. */
typedef void (*take_fn)(void *user, siamese_text text);

/* Field f of the positives' items, one a pair. */
static void each_of_positives(const cli_pairs *p, size_t f, take_fn take,
                              void *user)
{
    siamese_text *const fields =
        cli_alloc(1 + p->fields->count, sizeof *fields);

    for (size_t i = 0; i < p->count; i++) {
        cli_items_fields(&p->items, p->list[i].item, fields);
        take(user, fields[f]);
    }
    free(fields);
}

/* Field f of the catalogue's items that are of no positive, each once. */
static void each_of_others(const cli_pairs *p, size_t f, take_fn take,
                           void *user)
{
    size_t const count = cli_items_count(&p->items);
    siamese_text *const fields =
        cli_alloc(1 + p->fields->count, sizeof *fields);
    unsigned char *const seen = cli_alloc(count, 1);

    memset(seen, 0, count);
    for (size_t i = 0; i < p->count; i++) seen[p->list[i].item] = 1;
    for (size_t i = 0; p->has_catalogue && i < count; i++) {
        if (seen[i]) continue;
        cli_items_fields(&p->items, i, fields);
        take(user, fields[f]);
    }
    free(fields);
    free(seen);
}

static int is_text(const cli_pairs *p, size_t f)
{
    return f == 0 || strcmp(p->fields->list[f - 1].kind, "text") == 0;
}

static void each_text(const cli_pairs *p, take_fn take, void *user)
{
    for (size_t f = 0; f <= p->fields->count; f++)
        if (is_text(p, f)) each_of_positives(p, f, take, user);
    for (size_t i = 0; i < p->count; i++)
        take(user, p->queries.texts[p->list[i].query]);
    for (size_t f = 0; f <= p->fields->count; f++)
        if (is_text(p, f)) each_of_others(p, f, take, user);
}

typedef struct counting {
    siamese_vocab *vocab;
    siamese_text *texts; /* [AT_ONCE] */
    size_t count;
} counting;

static void flush(counting *c)
{
    cli_try(siamese_vocab_add(c->vocab, c->texts, c->count));
    c->count = 0;
}

static void count_text(void *user, siamese_text text)
{
    counting *const c = user;

    c->texts[c->count++] = text;
    if (c->count == AT_ONCE) flush(c);
}

void cli_pairs_count_tokens(const cli_pairs *p, siamese_vocab *vocab)
{
    counting c = {vocab, cli_alloc(AT_ONCE, sizeof *c.texts), 0};

    each_text(p, count_text, &c);
    if (c.count > 0) flush(&c);
    free(c.texts);
}

typedef struct collecting {
    siamese_text *texts;
    size_t count, capacity;
} collecting;

static void collect_text(void *user, siamese_text text)
{
    collecting *const c = user;

    c->texts = cli_grow(c->texts, c->count, &c->capacity, sizeof *c->texts);
    c->texts[c->count++] = text;
}

siamese_text *cli_pairs_texts(const cli_pairs *p, size_t *count)
{
    collecting c = {0};

    each_text(p, collect_text, &c);
    *count = c.count;
    return c.texts;
}

static void add_value(void *user, siamese_text text)
{
    cli_strings_add(user, text.data, text.size);
}

void cli_pairs_values(const cli_pairs *p, size_t f, cli_strings *values)
{
    each_of_positives(p, f, add_value, values);
    each_of_others(p, f, add_value, values);
}
