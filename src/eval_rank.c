#include "eval_rank.h"

#include <stdlib.h>
#include <string.h>

#include "cli_collection.h"
#include "cli_encode.h"
#include "cli_memory.h"
#include "cli_message.h"
#include "cli_model.h"
#include "cli_progress.h"

enum { RESULTS_AT_ONCE = 1 << 16 };

/* ------------------------------------------------------------------------- */
/* Models                                                                    */
/* ------------------------------------------------------------------------- */

int eval_is_model(const char *path)
{
    static const char magic[4] = {'\x89', 'S', 'I', 'A'}; /* docs/format.md */
    char begin[sizeof magic] = {0};
    FILE *const file = fopen(path, "rb");

    if (!file) return 0;
    size_t const size = fread(begin, 1, sizeof begin, file);
    fclose(file);
    return size == sizeof begin && memcmp(begin, magic, size) == 0;
}

static void load_own_items(eval_model *model)
{
    siamese_status const status =
        siamese_bundle_get_index(model->bundle, &model->index);

    if (status == SIAMESE_E_NOT_FOUND)
        cli_usage_error("%s has no index: --items FILE is needed", model->path);
    cli_try(status);
    cli_items_load(&model->items, model->bundle);
    if (siamese_index_count(model->index) != cli_items_count(&model->items))
        cli_fail("%s: %zu vectors, but %zu titles: not an index that siamese "
                 "index made",
                 model->path, siamese_index_count(model->index),
                 cli_items_count(&model->items));
    model->has_own_items = 1;
}

void eval_model_load(eval_model *model, const char *path,
                     cli_items_source *source,
                     const siamese_load_options *options)
{
    model->path = path;
    model->bundle = cli_model_load(path, options);
    model->notes = cli_notes_load(model->bundle);
    if (source->data) {
        cli_items_source_load(source, model->bundle, model->notes);
        cli_items_read(&model->items, source);
    } else
        load_own_items(model);
}

void eval_model_free(eval_model *model)
{
    siamese_bundle_free(model->bundle);
    siamese_index_free(model->index);
    json_decref(model->notes);
    cli_items_free(&model->items);
    memset(model, 0, sizeof *model);
}

/* ------------------------------------------------------------------------- */
/* Ranking                                                                   */
/* ------------------------------------------------------------------------- */

typedef struct ranking {
    eval_model *model;
    const cli_judgements *judgements;
    const cli_library_options *options;
    size_t depth; /* ids of a query that are wanted */
    size_t k;     /* results to ask for, so that as many ids are among them */
    uint32_t *id_of_row;
    uint32_t *seen; /* [ids.count] the last query + 1 that had the id */
} ranking;

/* The number of each row's id, and how many rows share one at the most. */
static size_t number_rows(ranking *r, cli_judgements *j)
{
    const cli_items *const items = &r->model->items;
    size_t const count = cli_items_count(items);
    size_t most = 1;

    r->id_of_row = cli_alloc(count, sizeof *r->id_of_row);
    for (size_t i = 0; i < count; i++) {
        siamese_text const id = cli_items_id(items, i);
        size_t const number = cli_judgements_id(j, id);
        if (number == SIZE_MAX)
            cli_fail("%s: its item '%.*s' is not among the items",
                     r->model->path, (int)id.size, id.data);
        r->id_of_row[i] = (uint32_t)number;
    }
    size_t *const rows = cli_alloc(j->ids.count, sizeof *rows);
    for (size_t i = 0; i < count; i++)
        if (++rows[r->id_of_row[i]] > most) most = rows[r->id_of_row[i]];
    free(rows);
    return most;
}

/* An index of the items, whose rows break ties as the items stand. */
static void build(eval_model *model, const cli_library_options *options)
{
    siamese_tower *const tower = cli_encode_tower(model->bundle, "item");
    float *const vectors = cli_collection_encode(tower, &model->items);

    model->index = cli_collection_index(
        vectors, cli_items_count(&model->items), siamese_tower_dim(tower),
        &options->index, options->search.exact && options->index.nlist == 0);
    free(vectors);
    siamese_tower_free(tower);
}

/* One query: an id counts once, where it comes first; gives how many do. */
static size_t take_query(ranking *r, size_t query, const int64_t *rows,
                         const float *found_scores, size_t found, int64_t *ids,
                         double *scores)
{
    size_t n = 0;

    for (size_t i = 0; i < found && n < r->depth; i++) {
        if (rows[i] < 0 || (size_t)rows[i] >= cli_items_count(&r->model->items))
            cli_fail("%s: the index has id %lld, which has no title",
                     r->model->path, (long long)rows[i]);
        uint32_t const id = r->id_of_row[rows[i]];
        if (r->seen[id] == (uint32_t)query + 1) continue;
        r->seen[id] = (uint32_t)query + 1;
        ids[n] = id;
        scores[n++] = (double)found_scores[i];
    }
    return n;
}

static void search(ranking *r, const float *vectors, size_t dim,
                   eval_take_fn take, void *user)
{
    size_t const count = r->judgements->qids.count;
    size_t const wide = r->k > r->depth ? r->k : r->depth;
    size_t const block = 1 + RESULTS_AT_ONCE / wide;
    int64_t *const rows = cli_alloc(block * r->k, sizeof *rows);
    float *const found_scores = cli_alloc(block * r->k, sizeof *found_scores);
    size_t *const found = cli_alloc(block, sizeof *found);
    int64_t *const ids = cli_alloc(block * r->depth, sizeof *ids);
    double *const scores = cli_alloc(block * r->depth, sizeof *scores);

    for (size_t first = 0; first < count; first += block) {
        size_t const n = count - first < block ? count - first : block;
        cli_progress_draw("rank", (double)first / (double)count, "");
        cli_try(siamese_index_search(r->model->index, vectors + first * dim, n,
                                     r->k, &r->options->search, rows,
                                     found_scores, block * r->k, found));
        for (size_t q = 0; q < n; q++)
            found[q] = take_query(r, first + q, rows + q * r->k,
                                  found_scores + q * r->k, found[q],
                                  ids + q * r->depth, scores + q * r->depth);
        take(user, &(eval_block){first, n, ids, found}, scores);
    }
    cli_progress_clear();
    free(rows);
    free(found_scores);
    free(found);
    free(ids);
    free(scores);
}

void eval_model_rank(eval_model *model, cli_judgements *j,
                     const cli_library_options *options, size_t depth,
                     eval_take_fn take, void *user)
{
    ranking r = {model, j, options, depth, 0, NULL, NULL};
    size_t const count = cli_items_count(&model->items);
    size_t const most_rows = number_rows(&r, j);
    siamese_index_info info = {.struct_size = sizeof info};

    if (!model->has_own_items) build(model, options);
    cli_try(siamese_index_get_info(model->index, &info));
    model->is_exact = options->search.exact || info.nlist <= 1;
    r.k = count / most_rows < depth ? count : depth * most_rows;
    r.seen = cli_alloc(j->ids.count, sizeof *r.seen);

    siamese_tower *const tower = cli_encode_tower(model->bundle, "query");
    float *const vectors =
        cli_encode_all(tower, cli_rows_of_texts(j->queries, j->qids.count));
    search(&r, vectors, siamese_tower_dim(tower), take, user);
    free(vectors);
    siamese_tower_free(tower);
    free(r.id_of_row);
    free(r.seen);
}

void eval_trec_rank(const eval_trec *run, const cli_judgements *j, size_t depth,
                    eval_take_fn take, void *user)
{
    int64_t *const ids = cli_alloc(depth, sizeof *ids);
    double *const scores = cli_alloc(depth, sizeof *scores);

    for (size_t q = 0; q < j->qids.count; q++) {
        size_t n = 0;
        for (size_t i = run->offsets[q]; i < run->offsets[q + 1] && n < depth;
             i++) {
            ids[n] = run->list[i].item;
            scores[n++] = run->list[i].score;
        }
        take(user, &(eval_block){q, 1, ids, &n}, scores);
    }
    free(ids);
    free(scores);
}
