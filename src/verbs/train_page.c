/* train_page.c: a trained model and its figures in, further figures and the
 * page out. For cmd_train. */
#include "verbs/train_page.h"

#include <stdlib.h>

#include "shell/cli_command.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "model/cli_describe.h"
#include "model/cli_model.h"
#include "model/cli_vocabulary.h"
#include "report/report_scores.h"
#include "report/report_train.h"

/* Of what was not learned from, if there is such. */
static report_scores score(const train_page *page, const siamese_model *model)
{
    const train_holdout *const h = page->holdout;
    report_scores scores = {0};

    if (h->queries > 0) {
        report_scores_judged(&scores, model, &h->judgements, 1, h->items, NULL);
        scores.of = "pairs held back";
    } else if (page->validation->count > 0) {
        report_scores_pairs(&scores, model, page->validation,
                            "pairs of the validation");
    } else {
        report_scores_pairs(&scores, model, page->pairs, "pairs learned from");
    }
    return scores;
}

/* Of a model that is resumed: of the texts that its vocabulary was made of. */
static void tell_vocabulary(const siamese_bundle *bundle, json_t *figures)
{
    siamese_vocab *vocab = NULL;
    siamese_tower *tower;

    if (json_object_get(figures, "vocabulary")) return;
    cli_try(siamese_bundle_get_query_tower(bundle, &tower));
    if (siamese_tower_get_vocab(tower, 0, &vocab) == SIAMESE_OK)
        json_object_set_new(figures, "vocabulary",
                            cli_vocabulary_json(vocab, NULL));
    siamese_vocab_free(vocab);
    siamese_tower_free(tower);
}

void train_page_write(const train_page *page, json_t *figures)
{
    int const is_held_back = page->holdout->queries > 0;
    siamese_model *const model = cli_model_of(page->model->bundle);
    char *const command = cli_command_line();
    json_t *const settings = cli_describe(page->model->bundle);
    json_object_set_new(settings, "data", json_deep_copy(page->model->notes));
    report_scores scores = score(page, model);
    report_train const report = {.of = page->name,
                                 .figures = figures,
                                 .found = is_held_back ? page->found : NULL,
                                 .items = page->holdout->items,
                                 .scores = &scores,
                                 .settings = settings,
                                 .command = command};

    tell_vocabulary(page->model->bundle, figures);
    if (scores.relevant_count > 0)
        json_object_set_new(figures, "scores", report_scores_json(&scores));
    if (is_held_back)
        json_object_set_new(figures, "first_relevant",
                            eval_found_json(page->found));
    report_train_write(cli_output_open(page->path), &report);
    report_scores_free(&scores);
    json_decref(settings);
    free(command);
    siamese_model_free(model);
}
