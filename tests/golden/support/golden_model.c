#include "golden/support/golden_model.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden/support/golden_setup.h"
#include "golden/support/golden_text.h"
#include "golden/support/golden_torch.h"

/* Largest differences allowed; each in the norm that its check states. */
static const double forward_tolerance = 1e-6;
static const double transformer_tolerance = 1e-5;
static const double losses_tolerance = 1e-5;
static const double topk_tolerance = 2; /* queries */

typedef struct tolerance {
    double all; /* of the norm over all parameters */
    double each;
} tolerance;

static const tolerance gradient_tolerance = {5e-5, 1e-3};
static const tolerance first_step_tolerance = {1e-3, 1e-2};
static const tolerance later_step_tolerance = {3e-4, 1e-3};

/* of all parameters' norm, for one that is rounding alone in PyTorch */
static const double noise_tolerance = 1e-2;

enum { TOPK_PAIRS = 512 }; /* "queries": "pairs 0..511" */

/* ---- ids and vectors ---- */

static void check_ids(const golden_setup *m, const char *check,
                      const golden_texts *texts)
{
    if (!golden_has(m, check)) return;
    golden_array expected = golden_array_of(m, check);
    int const equal = golden_ids_equal(m->vocab, texts, &expected);
    if (equal < 0)
        golden_no_answer(m, check);
    else
        golden_exact(m->report, check, equal);
    golden_array_free(&expected);
}

/* The vectors of the first texts, as many as the file has rows. */
static void check_forward(const golden_setup *m, const char *check,
                          const siamese_tower *tower, const golden_texts *texts)
{
    if (!golden_has(m, check)) return;
    golden_array expected = golden_array_of(m, check);
    size_t const rows = expected.shape[0], dim = expected.shape[1];
    float *const vectors = golden_alloc(expected.count, sizeof *vectors);
    if (rows > texts->count || dim != siamese_tower_dim(tower))
        golden_failed(m->report, check, "other shape");
    else if (siamese_tower_encode(tower, texts->items, rows, 1, vectors,
                                  expected.count) != SIAMESE_OK)
        golden_no_answer(m, check);
    else
        golden_compared(m->report, check,
                        golden_largest(vectors, expected.values, rows, dim),
                        m->config.torch ? transformer_tolerance
                                        : forward_tolerance);
    free(vectors);
    golden_array_free(&expected);
}

static void check_edge_cases(const golden_setup *m, const char *group)
{
    golden_texts edge = {NULL, 0};
    char *const texts_folder = golden_path(group, "text");
    json_t *const list = golden_read_json(texts_folder, "edge_cases.json");
    golden_texts_add_json(&edge, list);
    check_forward(m, "forward0.edge", m->tower, &edge);
    golden_texts_free(&edge);
    json_decref(list);
    free(texts_folder);
}

static void check_start(const golden_setup *m, const char *group)
{
    check_forward(m, "forward0.titles", m->tower, &m->titles);
    check_forward(m, "forward0.queries", m->tower, &m->queries);
    if (!m->config.torch) check_edge_cases(m, group);
}

/* ---- gradients and weights: TAG.NAME for each parameter, then TAG.all ---- */

/* Fills values, as the file has them: a gradient if tower is NULL, else its
 * weights. */
static siamese_status get_values(const golden_setup *m,
                                 const siamese_tower *tower,
                                 const golden_parameter *p, float *values)
{
    size_t const count = golden_own_count(m->tower, p);
    size_t needed = 0;
    float *const own = golden_alloc(count, sizeof *own);
    siamese_status const status =
        tower ? siamese_tower_parameter_get(tower, p->own, own, count, &needed)
              : siamese_trainer_get_gradient(m->trainer, SIAMESE_SIDE_ITEM,
                                             p->own, own, count, &needed);
    if (p->transposed)
        golden_transpose(own, p->start.shape[1], p->start.shape[0], values);
    else
        memcpy(values, own, p->start.count * sizeof *values);
    free(own);
    return status;
}

/* The error of TAG.NAME and what it is measured by: the change w - w0, or the
 * gradient. 0 if there is no such file, or no answer. */
static int parameter_norm(const golden_setup *m, const char *check,
                          const siamese_tower *tower, const golden_parameter *p,
                          golden_norm *norm)
{
    if (!golden_has(m, check)) return 0;
    golden_array expected = golden_array_of(m, check);
    float *const got = golden_alloc(expected.count, sizeof *got);
    int const known = get_values(m, tower, p, got) == SIAMESE_OK;
    if (known)
        *norm =
            golden_difference(got, expected.values,
                              tower ? p->start.values : NULL, expected.count);
    else
        golden_no_answer(m, check);
    free(got);
    golden_array_free(&expected);
    return known;
}

static void check_parameters(const golden_setup *m, const char *tag,
                             const siamese_tower *tower, tolerance allowed)
{
    golden_norm all = {0, 0};
    char check[100];
    for (int noise = 0; noise < 2; noise++)
        for (size_t i = 0; i < m->parameter_count; i++) {
            const golden_parameter *const p = &m->parameters[i];
            golden_norm norm;
            if (noise != (m->config.torch && golden_torch_is_noise(p->name)))
                continue;
            snprintf(check, sizeof check, "%s.%s", tag, p->name);
            if (!parameter_norm(m, check, tower, p, &norm)) continue;
            /* what is 0 but for rounding, which Adam then blows up, has no
             * size of its own: it is measured against all the others */
            if (noise)
                norm.size = all.size;
            else
                all = golden_norm_sum(all, norm);
            golden_compared(m->report, check, golden_relative(norm),
                            noise ? noise_tolerance : allowed.each);
        }
    snprintf(check, sizeof check, "%s.all", tag);
    if (all.size > 0)
        golden_compared(m->report, check, golden_relative(all), allowed.all);
}

/* ---- training ---- */

/* What is known of the weights after `step` steps. */
static void check_step(const golden_setup *m, size_t step)
{
    siamese_tower *query = NULL, *item = NULL;
    char tag[40];
    if (step == 1) check_parameters(m, "grad0", NULL, gradient_tolerance);
    snprintf(tag, sizeof tag, "w%zu", step);
    if (siamese_trainer_snapshot(m->trainer, &query, &item) != SIAMESE_OK) {
        golden_no_answer(m, tag);
        return;
    }
    check_parameters(m, tag, item,
                     step == 1 ? first_step_tolerance : later_step_tolerance);
    siamese_tower_free(query);
    siamese_tower_free(item);
}

/* The pair rows of each step [steps][batch]; PyTorch's are in order. */
static golden_array read_batches(const golden_setup *m)
{
    if (!m->config.torch) return golden_array_of(m, "batches");
    golden_array a = {.rank = 2,
                      .shape = {m->config.steps, m->config.trainer.batch_size},
                      .count = m->queries.count};
    a.values = golden_alloc(a.count, sizeof *a.values);
    for (size_t i = 0; i < a.count; i++) a.values[i] = (double)i;
    return a;
}

/* losses.npy: each step's, before its update; the error is the largest. */
static void check_training(const golden_setup *m)
{
    golden_array const batches = read_batches(m);
    golden_array losses = golden_array_of(m, "losses");
    size_t const batch = batches.shape[1];
    double const share = m->config.trainer.reduction == SIAMESE_REDUCTION_MEAN
                             ? 1 / (double)batch
                             : 1;
    size_t *const rows = golden_alloc(batch, sizeof *rows);
    double largest = 0;
    size_t done = 0;
    for (; done < m->config.steps && done < batches.shape[0]; done++) {
        siamese_step step = {.struct_size = sizeof step};
        for (size_t i = 0; i < batch; i++)
            rows[i] = (size_t)batches.values[done * batch + i];
        if (siamese_trainer_step(m->trainer, rows, batch, &step) !=
            SIAMESE_OK) {
            golden_no_answer(m, "losses");
            break;
        }
        double const expected = losses.values[done];
        double const error =
            fabs(step.loss_sum * share - expected) / fabs(expected);
        if (!(error <= largest)) largest = error;
        check_step(m, done + 1);
    }
    if (done == m->config.steps)
        golden_compared(m->report, "losses", largest, losses_tolerance);
    free(rows);
    free(batches.values);
    golden_array_free(&losses);
}

/* How far TFRS's hits are from between ours at k - 1 (below) and at k: it
 * scores the positive apart from the candidates, so rounding decides whether an
 * item outranks itself, and one that k - 1 others outrank is a hit or none. */
static double beyond_rounding(double tfrs, double below, double hits)
{
    return fmax(0, fmax(below - tfrs, tfrs - hits));
}

/*
 * topk.json's accuracies as hits. topk is the largest difference, topk_rounding
 * what of it TFRS's rounding cannot explain.
 */
static void compare_topk(const golden_setup *m, siamese_trainer *trainer,
                         const json_t *topk, const golden_texts *candidates)
{
    const json_t *const ks_list = json_object_get(topk, "ks");
    const json_t *const wanted = json_object_get(topk, "accuracy");
    size_t const ks_count = json_array_size(ks_list);
    size_t const all = m->queries.count;
    size_t const count = all < TOPK_PAIRS ? all : TOPK_PAIRS;
    /* each k, behind k - 1 or, for 1, itself */
    size_t *const ks = golden_alloc(2 * ks_count, sizeof *ks);
    double *const accuracy = golden_alloc(2 * ks_count, sizeof *accuracy);
    siamese_pairs pairs = {.struct_size = sizeof pairs,
                           .queries = m->queries.items,
                           .query_fields = 1,
                           .items = m->titles.items,
                           .item_fields = 1,
                           .count = count};
    siamese_pairs items = {.struct_size = sizeof items,
                           .items = candidates->items,
                           .item_fields = 1,
                           .count = candidates->count};
    for (size_t i = 0; i < ks_count; i++) {
        size_t const k = (size_t)json_integer_value(json_array_get(ks_list, i));
        ks[2 * i] = k > 1 ? k - 1 : k;
        ks[2 * i + 1] = k;
    }
    if (siamese_trainer_evaluate(trainer, &pairs, &items, ks, 2 * ks_count,
                                 accuracy, 2 * ks_count) != SIAMESE_OK) {
        golden_no_answer(m, "topk");
    } else {
        double difference = 0, unexplained = 0;
        for (size_t i = 0; i < ks_count; i++) {
            double const tfrs = json_number_value(json_array_get(wanted, i));
            double const below = ks[2 * i + 1] > 1 ? accuracy[2 * i] : 0;
            double const hits = accuracy[2 * i + 1];
            difference = fmax(difference, fabs(hits - tfrs));
            unexplained = fmax(unexplained, beyond_rounding(tfrs, below, hits));
        }
        golden_compared(m->report, "topk", round(difference * (double)count),
                        topk_tolerance);
        golden_compared(m->report, "topk_rounding",
                        round(unexplained * (double)count), 0);
    }
    free(ks);
    free(accuracy);
}

static void check_topk(const golden_setup *m, const siamese_tower *tower)
{
    golden_texts candidates = {NULL, 0};
    siamese_trainer *trainer = NULL;
    if (!golden_exists(m->folder, "topk.json")) return;
    json_t *const topk = golden_read_json(m->folder, "topk.json");
    golden_texts_add_lines(&candidates, m->folder, "candidates.txt");
    if (siamese_trainer_create(&trainer, tower, tower, NULL) == SIAMESE_OK)
        compare_topk(m, trainer, topk, &candidates);
    else
        golden_no_answer(m, "topk");
    siamese_trainer_free(trainer);
    golden_texts_free(&candidates);
    json_decref(topk);
}

/* What follows from the last weights: Keras's own, imported. */
static void check_end(const golden_setup *m)
{
    siamese_tower *tower = NULL;
    char tag[40], check[120];
    snprintf(tag, sizeof tag, "w%zu", m->config.steps);
    snprintf(check, sizeof check, "%s.%s", tag, m->parameters[0].name);
    if (!golden_has(m, check)) return;
    snprintf(check, sizeof check, "forward%zu.titles", m->config.steps);
    if (golden_make_tower(m, tag, &tower) == SIAMESE_OK) {
        check_forward(m, check, tower, &m->titles);
        check_topk(m, tower);
    } else {
        golden_no_answer(m, check);
    }
    siamese_tower_free(tower);
}

/* ---- a case that the library cannot run yet ---- */

/* Whether the stem of a file names a result of the model. */
static int is_result(const char *stem)
{
    size_t digits = 1;
    if (strcmp(stem, "losses") == 0 || strncmp(stem, "forward", 7) == 0 ||
        strncmp(stem, "grad0.", 6) == 0)
        return 1;
    if (stem[0] != 'w' || strncmp(stem, "w0.", 3) == 0) return 0;
    while (isdigit((unsigned char)stem[digits])) digits++;
    return digits > 1 && stem[digits] == '.';
}

static void skip_all(golden_report *report, const char *folder,
                     const char *reason)
{
    char group[100] = "";
    golden_names names = golden_list(folder);
    for (size_t i = 0; i < names.count; i++) {
        char *const stem = names.items[i];
        if (strcmp(stem, "topk.json") == 0)
            golden_skipped(report, "topk", reason);
        char *const ending = strstr(stem, ".npy");
        if (ending == NULL) continue;
        *ending = '\0';
        if (!is_result(stem)) continue;
        golden_skipped(report, stem, reason);
        /* once for each tag of parameters */
        if (stem[0] != 'w' && stem[0] != 'g') continue;
        char all[100];
        snprintf(all, sizeof all, "%.*s.all", (int)strcspn(stem, "."), stem);
        if (strcmp(all, group) == 0) continue;
        strcpy(group, all);
        golden_skipped(report, all, reason);
    }
    golden_names_free(&names);
}

/* ---- one case ---- */

/* The pairs and their ids, which every model has whose case has texts. */
static int run_texts(golden_setup *m, const char *group)
{
    golden_texts fit = {NULL, 0};
    if (m->config.torch) return golden_make_texts(m);
    if (!golden_exists(group, "pairs.tsv")) return 0;
    golden_texts_add_lines(&fit, group, "text/adapt.txt");
    golden_read_pairs(m, group);
    m->vocab = golden_vocab(&m->config.vocab, &fit);
    golden_texts_free(&fit);
    if (m->vocab == NULL) {
        golden_no_answer(m, "query_ids");
        return 0;
    }
    check_ids(m, "query_ids", &m->queries);
    check_ids(m, "title_ids", &m->titles);
    return 1;
}

static void run_supported(golden_setup *m, const char *group)
{
    if (!run_texts(m, group)) return;
    golden_read_parameters(m);
    if (m->parameter_count == 0) golden_die("%s: has no w0.*.npy", m->folder);
    if (golden_make_tower(m, "w0", &m->tower) != SIAMESE_OK) {
        golden_no_answer(m, "w0");
        return;
    }
    if (siamese_tower_parameter_count(m->tower) != m->parameter_count)
        golden_failed(m->report, "w0", "other parameters than the tower's");
    check_start(m, group);
    if (golden_make_trainer(m) != SIAMESE_OK) {
        golden_no_answer(m, "losses");
        return;
    }
    check_training(m);
    check_end(m);
}

void golden_run_model(golden_report *report, const char *group,
                      const char *name)
{
    char *const folder = golden_path(group, name);
    json_t *const json = golden_read_json(folder, "config.json");
    golden_setup m = {.report = report, .folder = folder};
    const char *const missing = golden_config_read(&m.config, json);
    if (missing) {
        run_texts(&m, group);
        skip_all(report, folder, missing);
    } else {
        run_supported(&m, group);
    }
    golden_setup_free(&m);
    json_decref(json);
    free(folder);
}
