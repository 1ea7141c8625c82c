/* cli_pairs_stream.c: rows of files in, batches of positives out. */
#include "model/cli_pairs_stream.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_positives.h"
#include "data/cli_reader.h"

enum { AT_ONCE = 4096, COPY_BYTES = 1 << 16 };

/* ------------------------------------------------------------------------- */
/* Rows                                                                      */
/* ------------------------------------------------------------------------- */

static void find_relevances(cli_pairs_stream *s)
{
    const cli_pairs *const p = s->pairs;
    int is_first = 1;

    for (size_t i = 0; i < p->relevance.values.count; i++) {
        double value;
        memcpy(&value, p->relevance.values.texts[i].data, sizeof value);
        if (!cli_positives_has(p, value)) continue;
        s->low = is_first || value < s->low ? value : s->low;
        s->high = is_first || value > s->high ? value : s->high;
        is_first = 0;
    }
}

void cli_pairs_stream_begin(cli_pairs_stream *s, const cli_pairs_source *source,
                            cli_pairs *pairs)
{
    size_t const fields = 1 + pairs->fields->count;

    *s = (cli_pairs_stream){.source = *source, .pairs = pairs};
    if (source->csv.entities)
        s->source.csv.entities = s->entities =
            cli_format("%s", source->csv.entities);
    s->queries = cli_alloc(AT_ONCE, sizeof *s->queries);
    s->items = cli_alloc(AT_ONCE, fields * sizeof *s->items);
    s->rows_of = cli_alloc(AT_ONCE, sizeof *s->rows_of);
    s->ids = cli_alloc(AT_ONCE, sizeof *s->ids);
    s->weights = cli_alloc(AT_ONCE, sizeof *s->weights);
    find_relevances(s);
}

static void close_rows(cli_pairs_stream *s)
{
    if (s->is_open) cli_pairs_rows_end(&s->rows);
    s->is_open = 0;
}

void cli_pairs_stream_end(cli_pairs_stream *s)
{
    close_rows(s);
    free(s->queries);
    free(s->items);
    free(s->rows_of);
    free(s->ids);
    free(s->weights);
    free(s->bytes);
    free(s->entities);
    memset(s, 0, sizeof *s);
}

static void open_rows(cli_pairs_stream *s)
{
    close_rows(s);
    cli_pairs_rows_begin(&s->rows, &s->source, s->pairs);
    s->is_open = 1;
}

/* The next positive, or 0. */
static int next_positive(cli_pairs_stream *s)
{
    while (s->is_open && cli_pairs_rows_next(&s->rows))
        if (cli_positives_has(s->pairs, s->rows.relevance)) return 1;
    close_rows(s);
    return 0;
}

/* The row of the item, which the survey has seen. */
static size_t item_of(cli_pairs_stream *s)
{
    cli_items *const items = &s->pairs->items;
    size_t const known = cli_items_count(items);
    size_t const item = cli_item_rows_add(&s->rows.items, s->rows.row, items);

    if (item == known)
        cli_fail("%s: it has changed since it was first read: there is an item "
                 "that was not there",
                 cli_csv_name(s->rows.csv));
    return item;
}

static int64_t id_of(const cli_pairs_stream *s, size_t item)
{
    if (!cli_pairs_have_ids(s->pairs)) return (int64_t)item;
    siamese_text const id = cli_pairs_rows_cell(&s->rows, CLI_ROLE_ID);
    return (int64_t)cli_strings_find(&s->pairs->ids, id.data, id.size);
}

/* As weights_of of cli_pairs_model has it. */
static float weight_of(const cli_pairs_stream *s)
{
    if (s->high <= s->low) return 1.0f;
    return (float)(0.5 +
                   0.5 * (s->rows.relevance - s->low) / (s->high - s->low));
}

/* Keeps the query's bytes; where they are is known when the batch is whole. */
static void keep_query(cli_pairs_stream *s, size_t i)
{
    siamese_text const query = cli_pairs_rows_cell(&s->rows, CLI_ROLE_QUERY);

    if (s->byte_count + query.size > s->byte_capacity) {
        s->byte_capacity = 2 * (s->byte_count + query.size) + 4096;
        s->bytes = cli_resize(s->bytes, s->byte_capacity, 1);
    }
    if (query.size) memcpy(s->bytes + s->byte_count, query.data, query.size);
    s->byte_count += query.size;
    s->queries[i].size = query.size;
}

/* ------------------------------------------------------------------------- */
/* Batches                                                                   */
/* ------------------------------------------------------------------------- */

/* How many positives the batch has. */
static size_t read_batch(cli_pairs_stream *s)
{
    size_t const fields = 1 + s->pairs->fields->count;
    size_t count = 0;
    const char *at;

    s->byte_count = 0;
    while (count < AT_ONCE && next_positive(s)) {
        size_t const item = item_of(s);
        cli_items_fields(&s->pairs->items, item, s->items + count * fields);
        s->rows_of[count] = item;
        s->ids[count] = id_of(s, item);
        s->weights[count] = weight_of(s);
        keep_query(s, count++);
    }
    at = s->bytes;
    for (size_t i = 0; i < count; i++) {
        s->queries[i].data = at;
        at += s->queries[i].size;
    }
    return count;
}

static int32_t read_pairs(void *context, siamese_pairs *pairs, char *error,
                          size_t error_size)
{
    cli_pairs_stream *const s = context;

    (void)error, (void)error_size; /* a failure ends the command */
    pairs->count = read_batch(s);
    pairs->queries = s->queries;
    pairs->items = s->items;
    pairs->query_fields = 1;
    pairs->item_fields = 1 + s->pairs->fields->count;
    pairs->item_ids = s->ids;
    pairs->weights = s->pairs->weighs ? s->weights : NULL;
    return 0;
}

static int32_t rewind_pairs(void *context, char *error, size_t error_size)
{
    (void)error, (void)error_size;
    open_rows(context);
    return 0;
}

void cli_pairs_stream_give(cli_pairs_stream *s, siamese_trainer *trainer)
{
    siamese_source const source = {.struct_size = sizeof source,
                                   .context = s,
                                   .read = read_pairs,
                                   .rewind = rewind_pairs};
    cli_try(siamese_trainer_set_source(trainer, &source));
}

/* ------------------------------------------------------------------------- */
/* Tokens                                                                    */
/* ------------------------------------------------------------------------- */

static int is_text(const cli_pairs *p, size_t f)
{
    return f == 0 || strcmp(p->fields->list[f - 1].kind, "text") == 0;
}

/* The texts of so many items: columns that are no texts are left out. */
static void count_items(const cli_pairs *p, const siamese_text *items,
                        size_t count, siamese_vocab *vocab)
{
    size_t const fields = 1 + p->fields->count;
    siamese_text *const texts = cli_alloc(count, fields * sizeof *texts);
    size_t used = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t f = 0; f < fields; f++)
            if (is_text(p, f)) texts[used++] = items[i * fields + f];
    cli_try(siamese_vocab_add(vocab, texts, used));
    free(texts);
}

/* Items of the catalogue that are of no positive. */
static void count_others(cli_pairs_stream *s, const unsigned char *seen,
                         siamese_vocab *vocab)
{
    const cli_pairs *const p = s->pairs;
    size_t const fields = 1 + p->fields->count;
    size_t used = 0;

    for (size_t i = 0; i < cli_items_count(&p->items); i++) {
        if (seen[i]) continue;
        cli_items_fields(&p->items, i, s->items + used++ * fields);
        if (used < AT_ONCE) continue;
        count_items(p, s->items, used, vocab);
        used = 0;
    }
    count_items(p, s->items, used, vocab);
}

void cli_pairs_stream_count_tokens(cli_pairs_stream *s, siamese_vocab *vocab)
{
    const cli_pairs *const p = s->pairs;
    size_t const items = cli_items_count(&p->items);
    unsigned char *const seen = cli_alloc(items, 1);
    size_t count;

    memset(seen, 0, items);
    open_rows(s);
    while ((count = read_batch(s))) {
        count_items(p, s->items, count, vocab);
        cli_try(siamese_vocab_add(vocab, s->queries, count));
        for (size_t i = 0; i < count; i++) seen[s->rows_of[i]] = 1;
    }
    if (p->has_catalogue) count_others(s, seen, vocab);
    free(seen);
}

/* ------------------------------------------------------------------------- */
/* Standard input                                                            */
/* ------------------------------------------------------------------------- */

static char *spooled; /* the temporary file, until the command ends */

static void remove_spooled(void)
{
    if (spooled) unlink(spooled);
}

static void copy_stdin(int file)
{
    char *const bytes = cli_alloc(COPY_BYTES, 1);
    size_t size;

    while ((size = fread(bytes, 1, COPY_BYTES, stdin)) > 0)
        for (size_t done = 0; done < size;) {
            ssize_t const written = write(file, bytes + done, size - done);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) cli_fail("%s: %s", spooled, strerror(errno));
            done += (size_t)written;
        }
    if (ferror(stdin)) cli_fail("standard input: %s", strerror(errno));
    free(bytes);
}

void cli_pairs_spool(cli_pairs_source *source)
{
    const char *const folder = getenv("TMPDIR");

    for (size_t i = 0; i < source->files.count; i++) {
        char **const path = &source->files.list[i];
        if (strcmp(*path, "-") != 0) continue;
        if (spooled)
            cli_usage_error("--data: - is given twice, and standard input can "
                            "be read once");
        spooled = cli_format("%s/siamese-stdin-XXXXXX",
                             folder && *folder ? folder : "/tmp");
        int const file = mkstemp(spooled);
        if (file < 0) cli_fail("%s: %s", spooled, strerror(errno));
        atexit(remove_spooled);
        copy_stdin(file);
        cli_reader_copies_stdin(spooled);
        if (close(file) != 0) cli_fail("%s: %s", spooled, strerror(errno));
        free(*path);
        *path = cli_format("%s", spooled);
    }
    if (source->files.count) source->data = source->files.list[0];
}
