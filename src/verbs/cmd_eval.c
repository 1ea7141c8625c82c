/*
 * cmd_eval.c: siamese eval: from judged queries and one or two searches,
 * models or runs, to figures. The parts are in src/eval.
 */
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_progress.h"
#include "shell/cli_settings.h"
#include "data/cli_columns.h"
#include "data/cli_fields.h"
#include "data/cli_items.h"
#include "data/cli_items_file.h"
#include "data/cli_reader.h"
#include "model/cli_notes.h"
#include "eval/cli_judgements.h"
#include "eval/cli_metrics.h"
#include "eval/eval_found.h"
#include "eval/eval_options.h"
#include "eval/eval_rank.h"
#include "eval/eval_report.h"
#include "eval/eval_slices.h"
#include "eval/eval_trec.h"
#include "verbs/cmd_verbs.h"
#include "verbs/eval_page.h"

/* One of the searches that are measured. */
typedef struct searched {
    eval_model model; /* if it has a path */
    eval_trec run;    /* else */
    eval_search figures;
} searched;

typedef struct eval_job {
    eval_options options;
    cli_library_options library;
    cli_items items; /* of a run */
    cli_judgements judgements;
    eval_training training;
    eval_part all, slices[EVAL_SLICE_COUNT];
    const char *counted;
    size_t *frequencies;
    searched this, other;
    eval_found found; /* of this one, if there is to be a page */
    FILE *run_stream;
} eval_job;

/* ------------------------------------------------------------------------- */
/* Reading                                                                   */
/* ------------------------------------------------------------------------- */

/* What tells these items apart does so in all other files. */
static const cli_items *settle_ids(eval_options *o, const cli_items *items)
{
    o->source.by_title = items->by_title;
    if (!o->source.id_column) o->source.id_column = items->id_column;
    return items;
}

/* The items that all searches are over; NULL if they are not known. */
static const cli_items *read_items(eval_job *job)
{
    eval_options *const o = &job->options;

    if (o->measured.model) {
        eval_model_load(&job->this.model, o->measured.model, &o->source,
                        &job->library.load);
        return settle_ids(o, &job->this.model.items);
    }
    if (!o->source.data) return NULL;
    cli_items_read(&job->items, &o->source);
    return settle_ids(o, &job->items);
}

/* The columns that the model was trained with, where there is a model. */
static cli_judged_source judged_source(const eval_job *job, const char *data,
                                       cli_encoding encoding)
{
    const eval_options *const o = &job->options;
    const json_t *const notes = job->this.model.notes;

    return (cli_judged_source){
        .data = data,
        .encoding = encoding,
        .csv = o->source.csv,
        .items = &o->source,
        .query_column = o->files.query_column,
        .trained_query = cli_notes_column(notes, CLI_ROLE_QUERY),
        .relevance_column = o->files.relevance_column,
        .trained_relevance = cli_notes_column(notes, CLI_ROLE_RELEVANCE)};
}

static void read_judgements(eval_job *job, const cli_items *items)
{
    const eval_options *const o = &job->options;
    cli_judgements *const j = &job->judgements;

    if (items) cli_judgements_take_items(j, items);
    if (o->files.queries)
        cli_judgements_read_queries(
            j, o->files.queries,
            (cli_encoding){o->files.queries_encoding, "queries-encoding"},
            o->source.csv.entities);
    if (o->files.qrels) {
        cli_judgements_read_qrels(j, o->files.qrels);
    } else {
        cli_judged_source const source = judged_source(
            job, o->files.judged,
            (cli_encoding){o->files.judged_encoding, "judged-encoding"});
        cli_judgements_read_table(j, &source);
    }
    cli_judgements_finish(j);
    if (o->output.qrels) cli_judgements_write_qrels(j, o->output.qrels);
    if (o->output.queries) {
        if (!j->queries_known)
            cli_usage_error("--write-queries needs --queries or --judged");
        cli_judgements_write_queries(j, o->output.queries);
    }
}

static void read_searches(eval_job *job)
{
    eval_options *const o = &job->options;
    cli_judgements *const j = &job->judgements;

    if (o->measured.run)
        eval_trec_read(&job->this.run, j, o->measured.run, o->ties.rule);
    if (!o->measured.compare) return;
    if (!eval_is_model(o->measured.compare)) {
        eval_trec_read(&job->other.run, j, o->measured.compare, o->ties.rule);
        return;
    }
    if (!j->queries_known)
        cli_usage_error("--compare with a model needs --queries FILE");
    cli_items_source source = o->source;
    source.fields = (cli_fields){0};
    eval_model_load(&job->other.model, o->measured.compare, &source,
                    &job->library.load);
    cli_fields_free(&source.fields);
}

/* ------------------------------------------------------------------------- */
/* Slices                                                                    */
/* ------------------------------------------------------------------------- */

/* Whether a slice is wanted and can be; one that is named must be. */
static int takes(const eval_job *job, int slice, int can_be, const char *needs)
{
    int const how = job->options.slices.wanted[slice];

    if (how == EVAL_NAMED && !can_be)
        cli_usage_error("--slices %s needs %s", eval_slice_name(slice), needs);
    return how != EVAL_NOT_WANTED && can_be;
}

static void cut(eval_job *job, const cli_items *items)
{
    cli_judgements *const j = &job->judgements;
    eval_training *const training = &job->training;
    int const has_train = job->options.files.train != NULL;
    int frequencies = 0;

    eval_part_all(&job->all, j);
    if (has_train) {
        cli_judged_source const source =
            judged_source(job, job->options.files.train,
                          (cli_encoding){job->options.files.train_encoding,
                                         "train-encoding"});
        eval_training_read(training, &source);
    }
    if (takes(job, EVAL_SLICE_NO_SHARED_TOKEN, items && j->queries_known,
              "the texts of queries and items"))
        eval_slice_no_shared_token(&job->slices[EVAL_SLICE_NO_SHARED_TOKEN], j,
                                   items);
    if (takes(job, EVAL_SLICE_UNSEEN, has_train, "--train FILE"))
        eval_slice_unseen(&job->slices[EVAL_SLICE_UNSEEN], j, training);
    for (int i = EVAL_SLICE_FREQUENCIES; i < EVAL_SLICE_COUNT; i++)
        frequencies |= takes(job, i, training->has_queries && j->queries_known,
                             "--queries FILE, and --train FILE with queries");
    if (!frequencies) return;
    job->frequencies = cli_alloc(j->qids.count, sizeof *job->frequencies);
    job->counted = eval_slice_frequencies(&job->slices[EVAL_SLICE_FREQUENCIES],
                                          j, training, job->frequencies);
}

/* ------------------------------------------------------------------------- */
/* Measuring                                                                 */
/* ------------------------------------------------------------------------- */

typedef struct taker {
    eval_job *job;
    eval_search *figures;
    FILE *run_stream;  /* NULL: no run is written */
    eval_found *found; /* NULL: no page is */
} taker;

static void write_run(const taker *t, const eval_block *block)
{
    size_t const depth = t->job->options.metrics.depth;

    for (size_t q = 0; q < block->count; q++)
        for (size_t i = 0; i < block->found[q] && i < depth; i++)
            eval_trec_write(t->run_stream, t->job->options.output.run,
                            &t->job->judgements, block->first + q,
                            (size_t)block->ids[q * block->width + i], i + 1,
                            block->scores[q * block->width + i]);
}

static void take(void *user, const eval_block *block)
{
    taker *const t = user;

    cli_figures_add(&t->figures->all, block);
    for (int i = 0; i < EVAL_SLICE_COUNT; i++)
        if (t->figures->slices[i].part)
            cli_figures_add(&t->figures->slices[i], block);
    if (t->run_stream) write_run(t, block);
    if (t->found) eval_found_add(t->found, block);
}

/* A figure by chance is a reason to look at the model or the queries. */
static void tell_ties(const searched *s)
{
    const siamese_evaluator_counts *const counts = &s->figures.all.counts;

    if (counts->tied > 0)
        cli_warn(
            "%s%s%zu of %zu queries have a judged item that shares its score "
            "with others; their figures are the means over the orders of "
            "equal scores",
            s->model.path ? s->model.path : "", s->model.path ? ": " : "",
            counts->tied, counts->queries);
}

static void measure(eval_job *job, searched *s, FILE *run_stream,
                    eval_found *found)
{
    const cli_metrics *const metrics = &job->options.metrics;
    cli_judgements *const j = &job->judgements;
    eval_search *const f = &s->figures;
    eval_ties const ties = job->options.ties.rule;
    int const expects =
        ties == EVAL_TIES_EXPECTED || (s->model.path && ties != EVAL_TIES_ROW);
    taker t = {job, f, run_stream, found};
    eval_wanted const wanted = {metrics->depth, expects, take, &t};

    cli_figures_begin(&f->all, metrics, &job->all, j->qids.count, expects);
    for (int i = 0; i < EVAL_SLICE_COUNT; i++)
        if (job->slices[i].offsets)
            cli_figures_begin(&f->slices[i], metrics, &job->slices[i],
                              j->qids.count, expects);
    if (s->model.path)
        eval_model_rank(&s->model, j, &job->library, &wanted);
    else
        eval_trec_rank(&s->run, j, &wanted);
    cli_figures_end(&f->all);
    tell_ties(s);
    for (int i = 0; i < EVAL_SLICE_COUNT; i++)
        if (f->slices[i].part) cli_figures_end(&f->slices[i]);
    if (f->all.counts.relevant == 0)
        cli_fail("%s: no query has an item of grade %g or more",
                 job->options.files.qrels ? job->options.files.qrels
                                          : job->options.files.judged,
                 metrics->relevant);
}

/* ------------------------------------------------------------------------- */
/* What was found                                                            */
/* ------------------------------------------------------------------------- */

static json_t *search_json(const eval_job *job)
{
    const eval_model *const model = &job->this.model;
    size_t const nprobe = job->library.search.nprobe;
    siamese_index_info info = {.struct_size = sizeof info};

    if (!job->options.measured.model)
        return json_pack("{s:s, s:I}", "search", "run", "results",
                         (json_int_t)job->this.run.count);
    cli_try(siamese_index_get_info(model->index, &info));
    return json_pack("{s:I, s:s, s:I, s:I}", "items",
                     (json_int_t)cli_items_count(&model->items), "search",
                     model->is_exact ? "exact" : "ivf", "nlist",
                     (json_int_t)info.nlist, "nprobe",
                     (json_int_t)(model->is_exact ? info.nlist
                                  : nprobe        ? nprobe
                                                  : info.nprobe));
}

/* Its figures are those that are printed. */
static void write_page(const eval_job *job, const cli_items *items,
                       json_t *object, double begin)
{
    eval_page page = {.path = job->options.output.report,
                      .model = &job->this.model,
                      .run = job->options.measured.run,
                      .options = &job->options,
                      .library = &job->library,
                      .judgements = &job->judgements,
                      .items = items,
                      .found = &job->found};

    eval_page_measure(&page, object);
    json_object_set_new(object, "seconds", json_real(cli_seconds() - begin));
    eval_page_write(&page, object);
}

static void report(const eval_job *job, const cli_items *items, double begin)
{
    const eval_options *const o = &job->options;
    eval_report const r = {.judgements = &job->judgements,
                           .metrics = &o->metrics,
                           .search = &job->this.figures,
                           .other =
                               o->measured.compare ? &job->other.figures : NULL,
                           .other_name = o->measured.compare,
                           .resamples = o->bootstrap.resamples,
                           .seed = o->bootstrap.seed,
                           .counted = job->counted,
                           .frequencies = job->frequencies,
                           .tells = !o->output.prints_json &&
                                    (o->measured.compare || o->slices.any),
                           .has_intervals = o->output.report != NULL};
    json_t *const object = eval_report_json(&r);

    if (o->output.per_query) eval_report_queries(&r, o->output.per_query);
    json_object_update_new(object, search_json(job));
    if (o->output.report)
        write_page(job, items, object, begin);
    else
        json_object_set_new(object, "seconds",
                            json_real(cli_seconds() - begin));
    cli_output_commit();
    cli_json_print(object);
}

static void free_search(searched *s)
{
    eval_model_free(&s->model);
    eval_trec_free(&s->run);
    cli_figures_free(&s->figures.all);
    for (int i = 0; i < EVAL_SLICE_COUNT; i++)
        cli_figures_free(&s->figures.slices[i]);
}

static void free_job(eval_job *job)
{
    free_search(&job->this);
    free_search(&job->other);
    eval_found_free(&job->found);
    for (int i = 0; i < EVAL_SLICE_COUNT; i++) eval_part_free(&job->slices[i]);
    eval_part_free(&job->all);
    eval_training_free(&job->training);
    cli_judgements_free(&job->judgements);
    cli_items_free(&job->items);
    free(job->frequencies);
    eval_options_free(&job->options);
}

static int run_eval(const cli_verb *verb, int argc, char **argv)
{
    eval_job job = {0};
    eval_options *const o = &job.options;
    double const begin = cli_seconds();

    eval_options_parse(o, verb, argc, argv);
    cli_settings_apply(&o->settings, NULL, &job.library);
    job.library.load.finished = 1;
    if (o->output.run) cli_output_check(o->output.run);
    if (o->output.per_query) cli_output_check(o->output.per_query);
    if (o->output.report) cli_output_check(o->output.report);
    const cli_items *const items = read_items(&job);
    read_judgements(&job, items);
    cut(&job, items);
    read_searches(&job);
    if (o->output.run) job.run_stream = cli_output_open(o->output.run);
    if (o->output.report)
        eval_found_begin(&job.found, &job.judgements, o->metrics.relevant,
                         o->metrics.depth);
    measure(&job, &job.this, job.run_stream,
            o->output.report ? &job.found : NULL);
    if (o->measured.compare) measure(&job, &job.other, NULL, NULL);
    report(&job, items, begin);
    free_job(&job);
    return 0;
}

const cli_verb cmd_eval = {
    .name = "eval",
    .synopsis =
        "--model FILE | --run FILE --items FILE --queries FILE --qrels FILE "
        "[options]",
    .summary = "measure search on judged queries; compare two models or runs",
    .about = "Prints recall, MRR and nDCG as one JSON object. Judgements are a "
             "TREC file of\n"
             "--qrels beside --queries, or --judged, which is a CSV file of "
             "query, id and\n"
             "relevance. Relevant is a grade of --relevant or more; means are "
             "over the\n"
             "queries with a relevant item. docs/metrics.md has the rules.",
    .often = "model run items judged queries qrels relevant metrics ks "
             "slices compare report json set",
    .example =
        "  siamese eval --model m.siamese --judged test.csv --train train.csv",
    .details =
        "queries: lines qid TAB query. qrels: lines qid 0 id grade (TREC). A "
        "qid\n"
        "is any word, once. Every query ranks all items; where scores are "
        "equal, a\n"
        "figure is its mean over their orders. Means are over the queries with "
        "a\n"
        "relevant item (grade >= --relevant); ndcg is over those with a gain, "
        "which\n"
        "is grade - 1, never below 0. Of a run only the scores count, the "
        "higher\n"
        "first, not the ranks.\n"
        "Slices: no_shared_token keeps the pairs of which query and title have "
        "no\n"
        "word in common; unseen_items those whose id is not in --train; head,\n"
        "torso and tail are thirds of the queries by their frequency in it.\n"
        "docs/metrics.md has the rules.\n"
        "\n" CLI_COLUMN_HELP,
    .run = run_eval,
};
