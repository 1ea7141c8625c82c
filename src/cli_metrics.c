#include "cli_metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_memory.h"
#include "cli_message.h"

/* Results of a query that are looked at, and written to a run, at the least. */
enum { LEAST_DEPTH = 100, MOST_DEPTH = 1000000 };

/* ---- what is wanted ---- */

static void want(cli_metrics *m, int32_t figure, size_t k)
{
    size_t at = 0;

    while (at < m->ks_count && m->ks[at] != k) at++;
    if (at == m->ks_count) {
        m->ks = cli_grow(m->ks, m->ks_count, &m->ks_capacity, sizeof *m->ks);
        m->ks[m->ks_count++] = k;
    }
    m->wanted = cli_grow(m->wanted, m->wanted_count, &m->wanted_capacity,
                         sizeof *m->wanted);
    m->wanted[m->wanted_count++] = (cli_figure){figure, at};
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
    static const cli_figure usual[] = {{SIAMESE_RANKING_RECALL, 10},
                                       {SIAMESE_RANKING_RECALL, 100},
                                       {SIAMESE_RANKING_MRR, 10},
                                       {SIAMESE_RANKING_HIT, 10},
                                       {SIAMESE_RANKING_NDCG, 10}};
    const char *names = m->names ? m->names : "recall,mrr,hit,ndcg";
    const char *name, *word;
    size_t name_size, size;

    m->depth = LEAST_DEPTH;
    if (!m->names && !m->cutoffs) {
        for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
            want(m, usual[i].figure, usual[i].k);
        return;
    }
    while ((name = next_word(&names, &name_size))) {
        const char *cutoffs = m->cutoffs ? m->cutoffs : "10,100";
        int32_t const figure = read_figure(name, name_size);
        while ((word = next_word(&cutoffs, &size)))
            want(m, figure, read_k(word, size));
    }
}

/* ---- measuring ---- */

void cli_metrics_begin(cli_metrics *m, const cli_judgements *j)
{
    siamese_evaluator_options options;

    cli_try(siamese_evaluator_options_init(&options, sizeof options));
    options.relevant = m->relevant;
    options.gain_zero = 1; /* grades begin at 1 */
    cli_try(
        siamese_evaluator_create(&m->evaluator, &options, m->ks, m->ks_count));
    m->ids = cli_alloc(j->count, sizeof *m->ids);
    m->grades = cli_alloc(j->count, sizeof *m->grades);
    for (size_t i = 0; i < j->count; i++) {
        m->ids[i] = j->list[i].item;
        m->grades[i] = j->list[i].grade;
    }
}

void cli_metrics_free(cli_metrics *m)
{
    siamese_evaluator_free(m->evaluator);
    free(m->ks);
    free(m->wanted);
    free(m->ids);
    free(m->grades);
}

void cli_metrics_add(cli_metrics *m, const cli_judgements *j, size_t first,
                     size_t count, const int64_t *ids, const size_t *found)
{
    siamese_judgements const judgements = {
        sizeof judgements, count, j->offsets + first, m->ids, m->grades};
    siamese_rankings const rankings = {sizeof rankings, m->depth, ids, found};

    cli_try(siamese_evaluator_add_rankings(m->evaluator, &judgements, &rankings,
                                           NULL, 0));
}

json_t *cli_metrics_json(const cli_metrics *m)
{
    siamese_evaluator_counts counts = {.struct_size = sizeof counts};
    size_t const width = m->ks_count * SIAMESE_RANKING_COUNT;
    double *const means = cli_alloc(width, sizeof *means);
    json_t *const object = json_object();

    cli_try(siamese_evaluator_get_means(m->evaluator, means, width, &counts));
    for (size_t i = 0; i < m->wanted_count; i++) {
        const cli_figure *const w = &m->wanted[i];
        double const mean =
            means[w->k * SIAMESE_RANKING_COUNT + (size_t)w->figure];
        char key[64];
        snprintf(key, sizeof key, "%s@%zu", siamese_ranking_name(w->figure),
                 m->ks[w->k]);
        json_object_set_new(object, key,
                            isnan(mean) ? json_null() : json_real(mean));
    }
    free(means);
    json_object_update_new(
        object, json_pack("{s:I, s:I, s:I, s:f, s:s}", "queries",
                          (json_int_t)counts.relevant, "relevant_pairs",
                          (json_int_t)counts.relevant_items, "ndcg_queries",
                          (json_int_t)counts.gaining, "relevant", m->relevant,
                          "ndcg_gain", "grade - 1, not below 0"));
    if (counts.relevant > 0) return object;
    json_decref(object);
    return NULL;
}
