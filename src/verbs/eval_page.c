/* eval_page.c: an evaluation's results in, further figures and its page out.
 * For cmd_eval. */
#include "verbs/eval_page.h"

#include <stdlib.h>

#include "shell/cli_command.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "model/cli_describe.h"
#include "model/cli_encode.h"
#include "model/cli_vocabulary.h"
#include "eval/eval_unknown.h"
#include "report/report_eval.h"

/* The vocabulary of a side's first field, to be freed; NULL: it has none. */
static siamese_vocab *vocab_of(const siamese_bundle *bundle, const char *side)
{
    siamese_tower *const tower = cli_encode_tower(bundle, side);
    siamese_vocab *vocab = NULL;

    if (siamese_tower_get_vocab(tower, 0, &vocab)) vocab = NULL;
    siamese_tower_free(tower);
    return vocab;
}

/* What it makes of texts, under a name of the object. */
static void measure_texts(json_t *object, const char *name,
                          const siamese_vocab *vocab, const siamese_text *texts,
                          size_t count)
{
    siamese_vocab_stats stats = {.struct_size = sizeof stats};

    cli_try(siamese_vocab_measure(vocab, texts, count, &stats));
    json_object_set_new(object, name, cli_vocabulary_json(vocab, &stats));
}

static void measure_vocabulary(const eval_page *page, json_t *figures)
{
    enum { MOST_WORDS = 60 };
    const cli_judgements *const j = page->judgements;
    const siamese_bundle *const bundle = page->model->bundle;
    siamese_vocab *const of_queries = vocab_of(bundle, "query");
    siamese_vocab *const of_titles = vocab_of(bundle, "item");
    size_t const count = cli_items_count(page->items);
    siamese_text *const titles = cli_alloc(count, sizeof *titles);
    json_t *const object = json_object();

    for (size_t i = 0; i < count; i++)
        titles[i] = cli_items_title(page->items, i);
    if (of_queries) {
        measure_texts(object, "queries", of_queries, j->queries, j->qids.count);
        json_object_set_new(figures, "unknown_words",
                            eval_unknown_words(of_queries, j, MOST_WORDS));
    }
    if (of_titles) measure_texts(object, "titles", of_titles, titles, count);
    json_object_set_new(figures, "vocabulary", object);
    siamese_vocab_free(of_queries);
    siamese_vocab_free(of_titles);
    free(titles);
}

void eval_page_measure(eval_page *page, json_t *figures)
{
    const eval_model *const model = page->model;

    json_object_set_new(figures, "first_relevant",
                        eval_found_json(page->found));
    if (model->path)
        report_scores_judged(&page->scores, model->model, page->judgements,
                             page->found->relevant, page->items, model->index);
    else
        report_scores_found(&page->scores, page->found);
    json_object_set_new(figures, "scores", report_scores_json(&page->scores));
    if (model->path) measure_vocabulary(page, figures);
}

/* Of the evaluation, and, of a model, of its search and its parts. */
static json_t *settings_of(const eval_page *page)
{
    const eval_options *const o = page->options;
    const cli_metrics *const m = &o->metrics;
    json_t *const settings = json_pack(
        "{s:{s:f, s:s, s:f, s:s, s:I, s:I}}", "evaluation", "relevant",
        m->relevant, "gain", m->gain ? m->gain : "linear", "gain_zero",
        m->gain_zero, "ties", o->ties.name ? o->ties.name : "by default",
        "resamples", (json_int_t)o->bootstrap.resamples, "seed",
        (json_int_t)o->bootstrap.seed);

    if (!page->model->path) return settings;
    json_object_set_new(
        settings, "search",
        cli_describe_options(CLI_SEARCH, &page->library->search));
    json_object_update_new(settings, cli_describe(page->model->bundle));
    json_object_set_new(settings, "data", json_deep_copy(page->model->notes));
    return settings;
}

void eval_page_write(eval_page *page, const json_t *figures)
{
    int const is_model = page->model->path != NULL;
    char *const command = cli_command_line();
    json_t *const settings = settings_of(page);
    report_eval const report = {.of = is_model ? page->model->path : page->run,
                                .metrics = &page->options->metrics,
                                .figures = figures,
                                .items = page->items,
                                .found = page->found,
                                .scores = &page->scores,
                                .settings = settings,
                                .command = command};

    report_eval_write(cli_output_open(page->path), &report);
    json_decref(settings);
    free(command);
    report_scores_free(&page->scores);
}
