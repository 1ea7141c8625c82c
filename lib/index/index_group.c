/* index_group.c: a part of a call's queries in, their hits out, each list read
 * once for all of them. For index_search. */
#include "index/index_group.h"

#include <string.h>

#include "common/arena.h"
#include "common/counting_sort.h"
#include "common/size.h"
#include "index/index_bounded.h"
#include "index/index_probe.h"
#include "index/index_vectors.h"

enum {
    MOST_QUERIES = 1024,
    MOST_PROBES = 1 << 18, /* queries times lists; 8 bytes each */
    MOST_KEPT = 1 << 16,   /* queries times results; 80 bytes each */
    MOST_WANTED = 1024,    /* results of a query that keeps anything */
};

typedef struct group {
    const sm_search *search;
    sm_scan scan;
    sm_bounded bounded;
    size_t begin, count, dim;
    size_t at_once; /* queries that a list is scanned for together */
    bool every_list;
    size_t first_round;   /* lists of each query that are read first */
    const float *queries; /* [count][dim], as they are compared */
    float *normalised;    /* the same, of length 1 */
    sm_hits *own_hits;    /* [count] */
    sm_hits **hits;       /* [count] */

    float *list_scores;   /* [sm_probe_queries][nlist], or of found_lists */
    int64_t *found_lists; /* [at_once][nprobe], by bounds; else NULL */
    uint32_t *probes;     /* [count][nprobe] */
    size_t *offsets;      /* [nlist + 2]: of a list's queries in members */
    uint32_t *members;    /* queries, list after list */

    float *gathered;                /* [SM_SCAN_QUERIES][dim] */
    sm_hits *some[SM_SCAN_QUERIES]; /* of the gathered queries */

    int8_t *codes;                 /* [count][sm_bound_code_count], by bounds */
    sm_bound_query *bound_queries; /* [count] */
    sm_bounded_query chosen[SM_BOUNDED_QUERIES];
    sm_kept *kept; /* [count]; NULL: floats are read at once */
} group;

/* Queries that a list is scanned for together. */
static size_t at_once(const sm_search *search)
{
    if (!search->is_bounded) return SM_SCAN_QUERIES;
    return search->index->bounds->pick ? SM_BOUNDED_QUERIES : SM_BOUNDED_HELD;
}

static bool reads_every_list(const sm_search *search)
{
    return search->nprobe == search->index->lists->centroids->nlist;
}

/* Whether lower bounds tell what the worst of k results is. Those of one id
 * count once. Where each list is wanted by few queries, what they keep is in no
 * cache when its turn comes. */
static bool keeps(const sm_search *search)
{
    return search->is_bounded && search->all == NULL && !search->dedupe &&
           reads_every_list(search) && search->k <= MOST_WANTED;
}

size_t sm_group_size(const sm_search *search, size_t threads)
{
    size_t const share = sm_chunks(search->count, threads);
    /* Where every query reads every list, a cache's worth of them is enough. */
    size_t const most =
        reads_every_list(search)
            ? at_once(search)
            : sm_max(SM_SCAN_QUERIES,
                     sm_min(MOST_QUERIES, MOST_PROBES / search->nprobe));
    size_t const kept = keeps(search) ? MOST_KEPT / search->k : most;
    return sm_min(share, sm_min(most, kept));
}

/* ---- memory ---- */

static void lay_out(group *g, sm_arena *arena)
{
    size_t const nlist = g->scan.lists->centroids->nlist;
    size_t const probes = g->every_list ? 0 : g->count * g->search->nprobe;
    bool const is_bounded = g->search->is_bounded;
    if (is_bounded)
        sm_bounded_lay_out(&g->bounded, arena, g->at_once, g->dim);
    else
        sm_scan_lay_out(&g->scan, arena, SM_SCAN_QUERIES);
    g->codes = sm_arena_array(arena, is_bounded ? g->count : 0,
                              sm_bound_code_count(g->dim));
    g->bound_queries = sm_arena_array(arena, is_bounded ? g->count : 0,
                                      sizeof *g->bound_queries);
    g->own_hits = sm_arena_array(arena, g->count, sizeof *g->own_hits);
    g->hits = sm_arena_array(arena, g->count, sizeof *g->hits);
    g->normalised = sm_arena_array(
        arena, sm_index_normalises(g->search->index) ? g->count * g->dim : 0,
        sizeof(float));
    g->gathered = sm_arena_array(
        arena, g->every_list || is_bounded ? 0 : SM_SCAN_QUERIES * g->dim,
        sizeof(float));
    g->probes = sm_arena_array(arena, probes, sizeof *g->probes);
    bool const by_bounds =
        is_bounded && !g->every_list &&
        sm_probe_has_bounds(g->scan.lists, g->search->nprobe);
    size_t const found = by_bounds ? g->at_once * g->search->nprobe : 0;
    size_t const scores = by_bounds ? found : sm_probe_queries(nlist) * nlist;
    g->list_scores =
        sm_arena_array(arena, g->every_list ? 0 : scores, sizeof(float));
    g->found_lists = sm_arena_array(arena, found, sizeof *g->found_lists);
    if (!by_bounds) g->found_lists = NULL;
    g->kept = keeps(g->search) ? sm_kept_lay_out(arena, g->count, g->search->k)
                               : NULL;
    g->members = sm_arena_array(arena, probes, sizeof *g->members);
    g->offsets = sm_arena_array(arena, g->every_list ? 0 : nlist + 2,
                                sizeof *g->offsets);
}

static void prepare(group *g)
{
    const siamese_index *const index = g->search->index;
    for (size_t q = 0; q < g->count; q++)
        g->hits[q] =
            sm_search_begin_row(g->search, g->begin + q, &g->own_hits[q]);
    const float *const given = g->search->queries + g->begin * g->dim;
    g->queries = sm_index_normalises(index) ? g->normalised : given;
    for (size_t q = 0; q < g->count; q++) {
        const float *const query = g->queries + q * g->dim;
        if (sm_index_normalises(index))
            sm_vector_normalise(given + q * g->dim, g->dim,
                                g->normalised + q * g->dim);
        if (g->search->is_bounded)
            sm_bound_query_make(&g->bound_queries[q],
                                g->codes + q * sm_bound_code_count(g->dim),
                                query, g->dim);
    }
}

/* Query q among those that are scanned for together, in place i. */
static void choose(group *g, size_t q, size_t i)
{
    g->chosen[i] =
        (sm_bounded_query){&g->bound_queries[q], g->queries + q * g->dim,
                           g->hits[q], g->kept ? &g->kept[q] : NULL};
}

/* ---- every list ---- */

static sm_status scan_everything(group *g)
{
    for (size_t q = 0; q < g->count; q += g->at_once) {
        size_t const m = sm_min(g->count - q, g->at_once);
        if (g->search->is_bounded) {
            for (size_t i = 0; i < m; i++) choose(g, q + i, i);
            SM_RETURN_IF_ERROR(
                sm_bounded_everything(&g->bounded, m, g->chosen));
            continue;
        }
        SM_RETURN_IF_ERROR(sm_scan_everything(
            &g->scan, m, g->queries + q * g->dim, g->hits + q));
    }
    return SIAMESE_OK;
}

/* ---- some lists ---- */

/* Moves the `wanted` best of a query's lists to the front. */
static void bring_best(const float *scores, uint32_t *probes, size_t count,
                       size_t wanted)
{
    for (size_t i = 0; i < wanted; i++) {
        size_t best = i;
        for (size_t j = i + 1; j < count; j++)
            if (scores[probes[j]] > scores[probes[best]]) best = j;
        uint32_t const list = probes[best];
        probes[best] = probes[i];
        probes[i] = list;
    }
}

/* The lists of each query, the best first. */
static sm_status probe_by_bounds(group *g)
{
    size_t const nprobe = g->search->nprobe;
    for (size_t q = 0; q < g->count; q += g->at_once) {
        size_t const m = sm_min(g->count - q, g->at_once);
        for (size_t i = 0; i < m; i++) choose(g, q + i, i);
        SM_RETURN_IF_ERROR(sm_probe_by_bounds(&g->bounded, m, g->chosen, nprobe,
                                              g->list_scores, g->found_lists));
        for (size_t i = 0; i < m * nprobe; i++)
            g->probes[q * nprobe + i] = (uint32_t)g->found_lists[i];
    }
    return SIAMESE_OK;
}

/* The lists of each query, those of the first round in front. */
static void probe(group *g)
{
    size_t const nprobe = g->search->nprobe;
    size_t const nlist = g->scan.lists->centroids->nlist;
    size_t const most = sm_probe_queries(nlist);
    for (size_t q = 0; q < g->count; q += most) {
        size_t const m = sm_min(g->count - q, most);
        sm_probe(g->scan.lists, g->scan.kernels, m, g->queries + q * g->dim,
                 nprobe, g->list_scores, g->probes + q * nprobe);
        for (size_t i = 0; i < m; i++)
            bring_best(g->list_scores + i * nlist, g->probes + (q + i) * nprobe,
                       nprobe, g->first_round);
    }
}

/* From lists begin .. end - 1 of each query to the queries of each list. */
static void invert(group *g, size_t begin, size_t end)
{
    size_t const nprobe = g->search->nprobe;
    size_t const nlist = g->scan.lists->centroids->nlist;
    sm_sort_begin(g->offsets, nlist);
    for (size_t q = 0; q < g->count; q++)
        for (size_t i = begin; i < end; i++)
            sm_sort_count(g->offsets, g->probes[q * nprobe + i]);
    sm_sort_sum(g->offsets, nlist);
    for (size_t q = 0; q < g->count; q++)
        for (size_t i = begin; i < end; i++) {
            size_t const list = g->probes[q * nprobe + i];
            g->members[sm_sort_place(g->offsets, list)] = (uint32_t)q;
        }
}

/* Query q among those that are scored together, in place i. */
static void gather(group *g, size_t q, size_t i)
{
    if (g->search->is_bounded) {
        choose(g, q, i);
        return;
    }
    g->some[i] = g->hits[q];
    memcpy(g->gathered + i * g->dim, g->queries + q * g->dim,
           g->dim * sizeof(float));
}

static sm_status bound_list(group *g, size_t list, size_t next, size_t m)
{
    sm_bounded_begin(&g->bounded, m, g->chosen);
    SM_RETURN_IF_ERROR(sm_bounded_list(&g->bounded, list, next));
    return sm_bounded_end(&g->bounded);
}

static sm_status scan_for_members(group *g, size_t list, size_t next)
{
    size_t const end = g->offsets[list + 1];
    for (size_t at = g->offsets[list]; at < end; at += g->at_once) {
        size_t const m = sm_min(end - at, g->at_once);
        for (size_t i = 0; i < m; i++) gather(g, g->members[at + i], i);
        SM_RETURN_IF_ERROR(
            g->search->is_bounded
                ? bound_list(g, list, next, m)
                : sm_scan_list(&g->scan, list, next, m, g->gathered, g->some));
    }
    return SIAMESE_OK;
}

/* Queries whose lists left too few read all lists. */
static sm_status complete(group *g)
{
    size_t m = 0;
    for (size_t q = 0; q < g->count; q++) {
        if (sm_search_falls_short(g->search, g->hits[q])) {
            sm_hits_restart(g->hits[q]);
            gather(g, q, m++);
        }
        if (m < g->at_once && q + 1 < g->count) continue;
        if (m > 0)
            SM_RETURN_IF_ERROR(
                g->search->is_bounded
                    ? sm_bounded_everything(&g->bounded, m, g->chosen)
                    : sm_scan_everything(&g->scan, m, g->gathered, g->some));
        m = 0;
    }
    return SIAMESE_OK;
}

/* The first list from this one on that a query wants. */
static size_t next_wanted(const group *g, size_t list)
{
    size_t const nlist = g->scan.lists->centroids->nlist;
    while (list < nlist && g->offsets[list] == g->offsets[list + 1]) list++;
    return list;
}

static sm_status scan_probed(group *g)
{
    size_t const nlist = g->scan.lists->centroids->nlist;
    size_t const nprobe = g->search->nprobe;
    if (g->found_lists)
        SM_RETURN_IF_ERROR(probe_by_bounds(g));
    else
        probe(g);
    for (size_t i = 0; i < nprobe; i = i ? nprobe : g->first_round) {
        invert(g, i, i ? nprobe : g->first_round);
        for (size_t l = next_wanted(g, 0), next; l < nlist; l = next) {
            next = next_wanted(g, l + 1);
            SM_RETURN_IF_ERROR(scan_for_members(g, l, next < nlist ? next : l));
        }
        if (g->search->is_bounded)
            SM_RETURN_IF_ERROR(sm_bounded_finish(&g->bounded, 0, NULL));
    }
    return complete(g);
}

sm_status sm_group_search(const sm_search *search, size_t begin, size_t end)
{
    siamese_index *const index = search->index;
    sm_arena arena = {NULL, 0};
    sm_scratch *scratch;
    group g = {.search = search,
               .scan = {.lists = index->lists,
                        .kernels = index->kernels,
                        .filter = search->filter},
               .bounded = {.lists = index->lists,
                           .kernels = index->kernels,
                           .bounds = index->bounds,
                           .filter = search->filter},
               .at_once = at_once(search),
               .begin = begin,
               .count = end - begin,
               .dim = index->dim};
    g.every_list = reads_every_list(search);
    /* A bound is worth most once a query has good hits. */
    g.first_round = search->is_bounded ? 1 : search->nprobe;
    lay_out(&g, &arena);
    SM_RETURN_IF_ERROR(
        sm_scratch_take(&index->scratches, arena.used, &scratch));
    arena = (sm_arena){scratch->memory, 0};
    lay_out(&g, &arena);
    prepare(&g);
    sm_status status = g.every_list ? scan_everything(&g) : scan_probed(&g);
    for (size_t q = 0; q < g.count && status == SIAMESE_OK; q++)
        status = sm_search_end_row(search, begin + q, g.hits[q]);
    sm_scratch_give(&index->scratches, scratch);
    return status;
}
