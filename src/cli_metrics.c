#include "cli_metrics.h"

#include <math.h>
#include <stdlib.h>

#include "cli_memory.h"

enum { NDCG_DEPTH = 10 };

static double gain(double grade)
{
    return grade > 1 ? grade - 1 : 0;
}

/* What a result at rank 1, 2, ... counts for. */
static double discount(size_t rank)
{
    return 1 / log2((double)rank + 1);
}

static int descending(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;

    return (x < y) - (x > y);
}

/* DCG@10 of the judged items in the best order. */
static double ideal_dcg(const cli_judgements *j, size_t query)
{
    size_t const begin = j->offsets[query];
    size_t const count = j->offsets[query + 1] - begin;
    double *const gains = cli_alloc(count, sizeof *gains);
    double dcg = 0;

    for (size_t i = 0; i < count; i++)
        gains[i] = gain(j->list[begin + i].grade);
    qsort(gains, count, sizeof *gains, descending);
    for (size_t i = 0; i < count && i < NDCG_DEPTH; i++)
        dcg += gains[i] * discount(i + 1);
    free(gains);
    return dcg;
}

static size_t count_relevant(const cli_metrics *m, const cli_judgements *j,
                             size_t query)
{
    size_t count = 0;

    for (size_t i = j->offsets[query]; i < j->offsets[query + 1]; i++)
        count += j->list[i].grade >= m->relevant;
    return count;
}

void cli_metrics_add(cli_metrics *m, const cli_judgements *j, size_t query,
                     const uint32_t *ids, size_t n)
{
    size_t const relevant = count_relevant(m, j, query);
    double const ideal = ideal_dcg(j, query);
    size_t hits_10 = 0, hits_100 = 0, first = 0;
    double dcg = 0;

    for (size_t rank = 1; rank <= n && rank <= CLI_METRICS_DEPTH; rank++) {
        int is_judged;
        double const grade =
            cli_judgements_grade(j, query, ids[rank - 1], &is_judged);
        if (!is_judged) continue;
        if (rank <= NDCG_DEPTH) dcg += gain(grade) * discount(rank);
        if (grade < m->relevant) continue;
        hits_100++;
        hits_10 += rank <= 10;
        if (first == 0) first = rank;
    }
    if (ideal > 0) {
        m->ndcg_queries++;
        m->ndcg_10 += dcg / ideal;
    }
    if (relevant == 0) return;
    m->queries++;
    m->pairs += relevant;
    m->recall_10 += (double)hits_10 / (double)relevant;
    m->recall_100 += (double)hits_100 / (double)relevant;
    m->mrr_10 += first > 0 && first <= 10 ? 1 / (double)first : 0;
    m->hit_10 += hits_10 > 0;
}

json_t *cli_metrics_json(const cli_metrics *m)
{
    double const n = (double)m->queries;

    return json_pack(
        "{s:f, s:f, s:f, s:f, s:o, s:I, s:I, s:I, s:f, s:s}", "recall@10",
        m->recall_10 / n, "recall@100", m->recall_100 / n, "mrr@10",
        m->mrr_10 / n, "hit@10", m->hit_10 / n, "ndcg@10",
        m->ndcg_queries ? json_real(m->ndcg_10 / (double)m->ndcg_queries)
                        : json_null(),
        "queries", (json_int_t)m->queries, "relevant_pairs",
        (json_int_t)m->pairs, "ndcg_queries", (json_int_t)m->ndcg_queries,
        "relevant", m->relevant, "ndcg_gain", "grade - 1, not below 0");
}
