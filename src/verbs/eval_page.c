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
#include "report/report_eval.h"

/* What the vocabulary of a side's first field makes of texts; NULL: the field
 * has none. */
static json_t *measured(const siamese_bundle *bundle, const char *side,
                        const siamese_text *texts, size_t count)
{
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    siamese_tower *const tower = cli_encode_tower(bundle, side);
    siamese_vocab *vocab = NULL;
    json_t *counts = NULL;

    if (siamese_tower_get_vocab(tower, 0, &vocab) == SIAMESE_OK && vocab) {
        cli_try(siamese_vocab_measure(vocab, texts, count, &stats));
        counts = cli_vocabulary_json(vocab, &stats);
    }
    siamese_vocab_free(vocab);
    siamese_tower_free(tower);
    return counts;
}

static json_t *measure_vocabulary(const eval_page *page)
{
    const cli_judgements *const j = page->judgements;
    size_t const count = cli_items_count(page->items);
    siamese_text *const titles = cli_alloc(count, sizeof *titles);
    const siamese_bundle *const bundle = page->model->bundle;
    json_t *const object = json_object();

    for (size_t i = 0; i < count; i++)
        titles[i] = cli_items_title(page->items, i);
    json_t *const of_queries =
        measured(bundle, "query", j->queries, j->qids.count);
    json_t *const of_titles = measured(bundle, "item", titles, count);
    if (of_queries) json_object_set_new(object, "queries", of_queries);
    if (of_titles) json_object_set_new(object, "titles", of_titles);
    free(titles);
    return object;
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
    if (model->path)
        json_object_set_new(figures, "vocabulary", measure_vocabulary(page));
}

void eval_page_write(eval_page *page, const json_t *figures)
{
    int const is_model = page->model->path != NULL;
    char *const command = cli_command_line();
    json_t *const settings =
        is_model ? cli_describe(page->model->bundle) : NULL;
    report_eval const report = {.of = is_model ? page->model->path : page->run,
                                .metrics = page->metrics,
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
