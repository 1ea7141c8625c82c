/* cli_metrics.c: names of figures in, a search's figures on a slice out. For
 * eval. */
#include "eval/cli_metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

/* Results of a query that are looked at, and written to a run, at the least. */
enum { LEAST_DEPTH = 100, MOST_DEPTH = 1000000 };

/* ---- what is wanted ---- */

void cli_metrics_want(cli_metrics *m, int32_t figure, size_t k)
{
    size_t at = 0;

    while (at < m->ks_count && m->ks[at] != k) at++;
    if (at == m->ks_count) {
        m->ks = cli_grow(m->ks, m->ks_count, &m->ks_capacity, sizeof *m->ks);
        m->ks[m->ks_count++] = k;
    }
    m->wanted = cli_grow(m->wanted, m->wanted_count, &m->wanted_capacity,
                         sizeof *m->wanted);
    cli_figure *const wanted = &m->wanted[m->wanted_count++];
    *wanted = (cli_figure){.figure = figure, .k = at};
    snprintf(wanted->name, sizeof wanted->name, "%s@%zu",
             siamese_ranking_name(figure), k);
    if (k > m->depth) m->depth = k;
}

static int32_t read_figure(const char *word, size_t size)
{
    for (int32_t i = 0; i < SIAMESE_RANKING_COUNT; i++) {
        const char *const name = siamese_ranking_name(i);
        if (strlen(name) == size && memcmp(name, word, size) == 0) return i;
    }
    cli_usage_error("--metrics: '%.*s' is not recall, precision, hit, mrr, "
                    "map, ndcg or ndcg_binary",
                    (int)size, word);
}

static size_t read_k(const char *word, size_t size)
{
    size_t k = 0;

    for (size_t i = 0; i < size && k <= MOST_DEPTH; i++)
        k = word[i] >= '0' && word[i] <= '9' ? 10 * k + (size_t)(word[i] - '0')
                                             : MOST_DEPTH + 1;
    if (k < 1 || k > MOST_DEPTH)
        cli_usage_error("--ks: '%.*s' is not a number in 1 .. %d", (int)size,
                        word, MOST_DEPTH);
    return k;
}

/* The next word of a list between commas, or NULL at its end. */
static const char *next_word(const char **list, size_t *size)
{
    const char *const word = *list;

    if (word == NULL) return NULL;
    *size = strcspn(word, ",");
    *list = word[*size] ? word + *size + 1 : NULL;
    return word;
}

void cli_metrics_choose(cli_metrics *m)
{
    static const struct {
        int32_t figure;
        size_t k;
    } usual[] = {{SIAMESE_RANKING_RECALL, 10},
                 {SIAMESE_RANKING_RECALL, 100},
                 {SIAMESE_RANKING_MRR, 10},
                 {SIAMESE_RANKING_HIT, 10},
                 {SIAMESE_RANKING_NDCG, 10}};
    const char *names = m->names ? m->names : "recall,mrr,hit,ndcg";
    const char *name, *word;
    size_t name_size, size;

    m->depth = LEAST_DEPTH;
    if (m->gain && strcmp(m->gain, "linear") != 0 &&
        strcmp(m->gain, "exponential") != 0)
        cli_usage_error("--gain %s: linear or exponential is expected",
                        m->gain);
    if (!m->names && !m->cutoffs) {
        for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
            cli_metrics_want(m, usual[i].figure, usual[i].k);
        return;
    }
    while ((name = next_word(&names, &name_size))) {
        const char *cutoffs = m->cutoffs ? m->cutoffs : "10,100";
        int32_t const figure = read_figure(name, name_size);
        while ((word = next_word(&cutoffs, &size)))
            cli_metrics_want(m, figure, read_k(word, size));
    }
}

void cli_metrics_free(cli_metrics *m)
{
    free(m->ks);
    free(m->wanted);
}

/* ---- measuring ---- */

void cli_figures_begin(cli_figures *f, const cli_metrics *m,
                       const eval_part *part, size_t queries, int expects_ties)
{
    size_t const width = m->ks_count * SIAMESE_RANKING_COUNT;
    siamese_evaluator_options options;

    cli_try(siamese_evaluator_options_init(&options, sizeof options));
    options.relevant = m->relevant;
    options.gain_zero = m->gain_zero;
    if (m->gain)
        cli_try(siamese_evaluator_options_set(&options, "gain", m->gain));
    options.ties = expects_ties ? SIAMESE_TIES_EXPECTED : SIAMESE_TIES_ORDER;
    *f =
        (cli_figures){.metrics = m, .part = part, .expects_ties = expects_ties};
    cli_try(
        siamese_evaluator_create(&f->evaluator, &options, m->ks, m->ks_count));
    f->values = cli_alloc(queries * width, sizeof *f->values);
    f->means = cli_alloc(width, sizeof *f->means);
}

/* A model's scores are float32; a run's are compared as such. */
static const float *float_scores(cli_figures *f, const eval_block *block)
{
    size_t const count = block->count * block->width;

    if (!f->expects_ties) return NULL;
    if (count > f->scores_room) {
        f->scores = cli_resize(f->scores, count, sizeof *f->scores);
        f->scores_room = count;
    }
    for (size_t q = 0; q < block->count; q++)
        for (size_t i = q * block->width;
             i < q * block->width + block->found[q]; i++)
            f->scores[i] = (float)block->scores[i];
    return f->scores;
}

void cli_figures_add(cli_figures *f, const eval_block *block)
{
    const eval_part *const part = f->part;
    size_t const width = f->metrics->ks_count * SIAMESE_RANKING_COUNT;
    siamese_judgements const judgements = {sizeof judgements, block->count,
                                           part->offsets + block->first,
                                           part->ids, part->grades};
    siamese_rankings const rankings = {sizeof rankings, block->width,
                                       block->ids, block->found,
                                       float_scores(f, block)};

    cli_try(siamese_evaluator_add_rankings(f->evaluator, &judgements, &rankings,
                                           f->values + block->first * width,
                                           block->count * width));
}

void cli_figures_end(cli_figures *f)
{
    f->counts.struct_size = sizeof f->counts;
    cli_try(siamese_evaluator_get_means(
        f->evaluator, f->means, f->metrics->ks_count * SIAMESE_RANKING_COUNT,
        &f->counts));
}

void cli_figures_free(cli_figures *f)
{
    siamese_evaluator_free(f->evaluator);
    free(f->values);
    free(f->means);
    free(f->scores);
}

/* ---- what was measured ---- */

static size_t place(const cli_figures *f, size_t wanted)
{
    const cli_figure *const w = &f->metrics->wanted[wanted];

    return w->k * SIAMESE_RANKING_COUNT + (size_t)w->figure;
}

double cli_figures_mean(const cli_figures *f, size_t wanted)
{
    return f->means[place(f, wanted)];
}

double cli_figures_value(const cli_figures *f, size_t wanted, size_t query)
{
    size_t const width = f->metrics->ks_count * SIAMESE_RANKING_COUNT;

    return f->values[query * width + place(f, wanted)];
}

json_t *cli_figures_json(const cli_figures *f)
{
    json_t *const object = json_object();

    for (size_t i = 0; i < f->metrics->wanted_count; i++) {
        double const mean = cli_figures_mean(f, i);
        json_object_set_new(object, f->metrics->wanted[i].name,
                            isnan(mean) ? json_null() : json_real(mean));
    }
    json_object_update_new(
        object,
        json_pack("{s:I, s:I, s:I}", "queries", (json_int_t)f->counts.relevant,
                  "relevant_pairs", (json_int_t)f->counts.relevant_items,
                  "ndcg_queries", (json_int_t)f->counts.gaining));
    if (f->expects_ties)
        json_object_set_new(object, "tied_queries",
                            json_integer((json_int_t)f->counts.tied));
    return object;
}
