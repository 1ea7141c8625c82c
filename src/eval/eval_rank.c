/* eval_rank.c: a model or a run in, figures of each slice out. For cmd_eval. */
#include "eval/eval_rank.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "model/cli_collection.h"
#include "model/cli_encode.h"
#include "model/cli_items_model.h"
#include "model/cli_model.h"
#include "model/cli_notes.h"

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
    } else {
        cli_items_source_columns(source, model->notes);
        load_own_items(model);
    }
    model->model = cli_model_of(model->bundle);
}

void eval_model_free(eval_model *model)
{
    siamese_bundle_free(model->bundle);
    siamese_model_free(model->model);
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
    const eval_wanted *wanted;
    size_t k; /* results to ask for, so that as many ids are among them, and one
               * more, which tells whether the last one's tie is whole */
    size_t dim;
    const float *vectors; /* [queries][dim]; or */
    siamese_searcher
        *searcher; /* of a model with a ranker: as siamese search */
    uint32_t *id_of_row;
    uint32_t *seen; /* [ids.count] the last number of a list that had the id */
    uint32_t lists; /* of ids, made so far */
} ranking;

/* Results of queries: rows as they were found, then each id once. */
typedef struct results {
    size_t width; /* of one query */
    int64_t *rows;
    float *row_scores;
    size_t *found; /* [queries] rows, then ids */
    int64_t *ids;
    double *scores;
} results;

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
    cli_encoder const encoder = cli_encoder_of(model->model, "item");
    float *const vectors =
        cli_encode_all(encoder, cli_rows_of_items(&model->items));

    model->index = cli_collection_index(
        vectors, cli_items_count(&model->items), encoder.dim, &options->index,
        options->search.exact && options->index.nlist == 0);
    free(vectors);
}

static results make_results(size_t queries, size_t width)
{
    size_t const count = queries * width;

    return (results){width,
                     cli_alloc(count, sizeof(int64_t)),
                     cli_alloc(count, sizeof(float)),
                     cli_alloc(queries, sizeof(size_t)),
                     cli_alloc(count, sizeof(int64_t)),
                     cli_alloc(count, sizeof(double))};
}

static void free_results(results *r)
{
    free(r->rows);
    free(r->row_scores);
    free(r->found);
    free(r->ids);
    free(r->scores);
}

/* A query of which the model knows nothing: every item scores 0. */
static void search_nothing(const ranking *r, results *out, size_t q)
{
    float *const zeros = cli_alloc(r->dim, sizeof *zeros);

    memset(zeros, 0, r->dim * sizeof *zeros);
    cli_try(siamese_index_search(
        r->model->index, zeros, 1, out->width, &r->options->search,
        out->rows + q * out->width, out->row_scores + q * out->width,
        out->width, out->found + q));
    free(zeros);
}

/* By the stages of a search. */
static void search_rows(const ranking *r, size_t first, size_t queries,
                        results *out)
{
    const siamese_search_options *const o = &r->options->search;
    siamese_search_request request;
    siamese_hits *hits;

    cli_try(siamese_search_request_init(&request, sizeof request));
    request.texts = r->judgements->queries + first;
    request.count = queries;
    request.k = out->width;
    request.nprobe = o->nprobe;
    request.exact = o->exact;
    request.min_score = o->min_score;
    request.scan = o->scan;
    cli_try(siamese_searcher_search(r->searcher, &request, &hits));
    for (size_t q = 0; q < queries; q++) {
        size_t const found = siamese_hits_count(hits, q);
        out->found[q] = found;
        if (!siamese_hits_known(hits, q)) search_nothing(r, out, q);
        if (found == 0) continue;
        memcpy(out->rows + q * out->width, siamese_hits_rows(hits, q),
               found * sizeof *out->rows);
        memcpy(out->row_scores + q * out->width, siamese_hits_scores(hits, q),
               found * sizeof *out->row_scores);
    }
    siamese_hits_free(hits);
}

static void find_rows(const ranking *r, size_t first, size_t queries,
                      results *out)
{
    if (r->searcher) {
        search_rows(r, first, queries, out);
        return;
    }
    cli_try(siamese_index_search(r->model->index, r->vectors + first * r->dim,
                                 queries, out->width, &r->options->search,
                                 out->rows, out->row_scores,
                                 queries * out->width, out->found));
}

/* Of the rows of query q the ids that are wanted, each where it comes first.
 * Whether they are all; else more rows must be found. */
static int take_ids(ranking *r, results *out, size_t q)
{
    const eval_wanted *const w = r->wanted;
    size_t const begin = q * out->width, end = begin + out->found[q];
    int64_t *const ids = out->ids + begin;
    double *const scores = out->scores + begin;
    uint32_t const list = ++r->lists;
    int is_whole = out->found[q] < out->width ||
                   out->width == cli_items_count(&r->model->items);
    size_t n = 0;

    for (size_t i = begin; i < end; i++) {
        double const score = (double)out->row_scores[i];
        if (n >= w->depth && !(w->whole_ties && score == scores[n - 1])) {
            is_whole = 1;
            break;
        }
        if (out->rows[i] < 0 ||
            (size_t)out->rows[i] >= cli_items_count(&r->model->items))
            cli_fail("%s: the index has id %lld, which has no title",
                     r->model->path, (long long)out->rows[i]);
        uint32_t const id = r->id_of_row[out->rows[i]];
        if (r->seen[id] == list) continue;
        r->seen[id] = list;
        ids[n] = id;
        scores[n++] = score;
    }
    out->found[q] = n;
    return is_whole || !w->whole_ties;
}

static void give(const ranking *r, const results *out, size_t first,
                 size_t begin, size_t end)
{
    size_t const at = begin * out->width;

    if (begin == end) return;
    r->wanted->take(r->wanted->user,
                    &(eval_block){first + begin, end - begin, out->width,
                                  out->ids + at, out->scores + at,
                                  out->found + begin});
}

/* A query whose last tie goes on behind k rows. */
static void take_deeper(ranking *r, size_t query)
{
    size_t const count = cli_items_count(&r->model->items);
    int is_whole = 0;

    for (size_t width = r->k; !is_whole;) {
        width = width > count / 8 ? count : 8 * width;
        results out = make_results(1, width);
        find_rows(r, query, 1, &out);
        is_whole = take_ids(r, &out, 0);
        if (is_whole) give(r, &out, query, 0, 1);
        free_results(&out);
    }
}

static void search(ranking *r)
{
    size_t const count = r->judgements->qids.count;
    size_t const block = 1 + RESULTS_AT_ONCE / r->k;
    results out = make_results(block, r->k);

    for (size_t first = 0; first < count; first += block) {
        size_t const n = count - first < block ? count - first : block;
        size_t given = 0;
        cli_progress_draw("rank", (double)first / (double)count, "");
        find_rows(r, first, n, &out);
        for (size_t q = 0; q < n; q++) {
            if (take_ids(r, &out, q)) continue;
            give(r, &out, first, given, q);
            take_deeper(r, first + q);
            given = q + 1;
        }
        give(r, &out, first, given, n);
    }
    cli_progress_clear();
    free_results(&out);
}

/* The searcher of the model's own items; or one of those of a file. */
static siamese_searcher *searcher_of(const eval_model *model,
                                     const siamese_ranker *ranker)
{
    siamese_searcher *searcher;
    siamese_bundle *bundle;
    siamese_items *items;

    if (model->has_own_items) {
        cli_try(siamese_model_get_searcher(model->model, &searcher));
        return searcher;
    }
    siamese_tower *const query = cli_encode_tower(model->bundle, "query");
    siamese_tower *const item = cli_encode_tower(model->bundle, "item");
    cli_try(siamese_bundle_create(&bundle));
    cli_items_store(&model->items, &(cli_item_columns){0}, item, bundle);
    cli_try(siamese_bundle_get_items(bundle, &items));
    cli_try(
        siamese_searcher_create(&searcher, query, item, model->index, items));
    cli_try(siamese_searcher_set_ranker(searcher, ranker));
    siamese_items_free(items);
    siamese_bundle_free(bundle);
    siamese_tower_free(query);
    siamese_tower_free(item);
    return searcher;
}

/* A model with a ranker is measured as it searches. */
static void prepare_searcher(ranking *r)
{
    siamese_ranker *ranker;
    siamese_status const status =
        siamese_model_get_ranker(r->model->model, &ranker);

    if (status == SIAMESE_E_NOT_FOUND) return;
    cli_try(status);
    r->searcher = searcher_of(r->model, ranker);
    siamese_ranker_free(ranker);
}

void eval_model_rank(eval_model *model, cli_judgements *j,
                     const cli_library_options *options,
                     const eval_wanted *wanted)
{
    ranking r = {
        .model = model, .judgements = j, .options = options, .wanted = wanted};
    float *vectors = NULL;
    size_t const count = cli_items_count(&model->items);
    size_t const most_rows = number_rows(&r, j);
    siamese_index_info info = {.struct_size = sizeof info};

    if (!model->has_own_items) build(model, options);
    cli_try(siamese_index_get_info(model->index, &info));
    model->is_exact = options->search.exact || info.nlist <= 1;
    r.k = count / most_rows <= wanted->depth ? count
                                             : wanted->depth * most_rows + 1;
    r.seen = cli_alloc(j->ids.count, sizeof *r.seen);

    cli_encoder const encoder = cli_encoder_of(model->model, "query");
    r.dim = encoder.dim;
    prepare_searcher(&r);
    if (!r.searcher) {
        r.vectors = vectors = cli_encode_all(
            encoder, cli_rows_of_texts(j->queries, j->qids.count));
    }
    search(&r);
    siamese_searcher_free(r.searcher);
    free(vectors);
    free(r.id_of_row);
    free(r.seen);
}

/* How many of a query's results are wanted, of list[count], best first. */
static size_t count_wanted(const eval_result *list, size_t count,
                           const eval_wanted *w)
{
    size_t n = count < w->depth ? count : w->depth;

    while (w->whole_ties && n > 0 && n < count &&
           (float)list[n].score == (float)list[n - 1].score)
        n++;
    return n;
}

void eval_trec_rank(const eval_trec *run, const cli_judgements *j,
                    const eval_wanted *wanted)
{
    int64_t *const ids = cli_alloc(run->count, sizeof *ids);
    double *const scores = cli_alloc(run->count, sizeof *scores);

    for (size_t q = 0; q < j->qids.count; q++) {
        const eval_result *const list = run->list + run->offsets[q];
        size_t const n =
            count_wanted(list, run->offsets[q + 1] - run->offsets[q], wanted);
        for (size_t i = 0; i < n; i++) {
            ids[i] = list[i].item;
            scores[i] = list[i].score;
        }
        wanted->take(wanted->user, &(eval_block){q, 1, n, ids, scores, &n});
    }
    free(ids);
    free(scores);
}
