/* index_group.c: a part of a call's queries in, their hits out, each list read
 * once for all of them. For index_search. */
#include "index/index_group.h"

#include <string.h>

#include "common/arena.h"
#include "common/counting_sort.h"
#include "common/size.h"
#include "index/index_probe.h"
#include "index/index_vectors.h"

enum {
    MOST_QUERIES = 1024,
    MOST_PROBES = 1 << 18, /* queries times lists; 8 bytes each */
};

typedef struct group {
    const sm_search *search;
    sm_scan scan;
    size_t begin, count, dim;
    bool every_list;
    const float *queries; /* [count][dim], as they are compared */
    float *normalised;    /* the same, of length 1 */
    sm_hits *own_hits;    /* [count] */
    sm_hits **hits;       /* [count] */

    float *list_scores;   /* [sm_probe_queries][nlist] */
    uint32_t *probes;     /* [count][nprobe] */
    size_t *probe_counts; /* [count] */
    size_t *offsets;      /* [nlist + 2]: of a list's queries in members */
    uint32_t *members;    /* queries, list after list */

    float *gathered;                /* [SM_SCAN_QUERIES][dim] */
    sm_hits *some[SM_SCAN_QUERIES]; /* of the gathered queries */
} group;

size_t sm_group_size(const sm_search *search, size_t threads)
{
    size_t const nlist = search->index->lists->centroids->nlist;
    size_t const share = sm_chunks(search->count, threads);
    /* Where every query reads every list, a cache's worth of them is enough. */
    size_t const most =
        search->nprobe == nlist
            ? SM_SCAN_QUERIES
            : sm_max(SM_SCAN_QUERIES,
                     sm_min(MOST_QUERIES, MOST_PROBES / search->nprobe));
    return sm_min(share, most);
}

/* ---- memory ---- */

static void lay_out(group *g, sm_arena *arena)
{
    size_t const nlist = g->scan.lists->centroids->nlist;
    size_t const probes = g->every_list ? 0 : g->count * g->search->nprobe;
    size_t const probers = g->every_list ? 0 : g->count;
    g->scan.scores =
        sm_arena_array(arena, SM_SCAN_QUERIES * SM_SCAN_ROWS, sizeof(float));
    g->scan.passed = sm_arena_array(
        arena, g->search->filter ? SM_SCAN_ROWS * g->dim : 0, sizeof(float));
    g->own_hits = sm_arena_array(arena, g->count, sizeof *g->own_hits);
    g->hits = sm_arena_array(arena, g->count, sizeof *g->hits);
    g->normalised = sm_arena_array(
        arena, sm_index_normalises(g->search->index) ? g->count * g->dim : 0,
        sizeof(float));
    g->gathered = sm_arena_array(
        arena, g->every_list ? 0 : SM_SCAN_QUERIES * g->dim, sizeof(float));
    g->probes = sm_arena_array(arena, probes, sizeof *g->probes);
    g->list_scores = sm_arena_array(
        arena, g->every_list ? 0 : sm_probe_queries(nlist) * nlist,
        sizeof(float));
    g->members = sm_arena_array(arena, probes, sizeof *g->members);
    g->probe_counts = sm_arena_array(arena, probers, sizeof *g->probe_counts);
    g->offsets = sm_arena_array(arena, g->every_list ? 0 : nlist + 2,
                                sizeof *g->offsets);
}

static void prepare(group *g)
{
    const siamese_index *const index = g->search->index;
    for (size_t q = 0; q < g->count; q++)
        g->hits[q] =
            sm_search_begin_row(g->search, g->begin + q, &g->own_hits[q]);
    g->queries = g->search->queries + g->begin * g->dim;
    if (!sm_index_normalises(index)) return;
    for (size_t q = 0; q < g->count; q++)
        sm_vector_normalise(g->queries + q * g->dim, g->dim,
                            g->normalised + q * g->dim);
    g->queries = g->normalised;
}

/* ---- every list ---- */

static sm_status scan_everything(group *g)
{
    for (size_t q = 0; q < g->count; q += SM_SCAN_QUERIES)
        SM_RETURN_IF_ERROR(
            sm_scan_everything(&g->scan, sm_min(g->count - q, SM_SCAN_QUERIES),
                               g->queries + q * g->dim, g->hits + q));
    return SIAMESE_OK;
}

/* ---- some lists ---- */

/* The lists of each query. */
static void probe(group *g)
{
    size_t const nprobe = g->search->nprobe;
    size_t const most = sm_probe_queries(g->scan.lists->centroids->nlist);
    for (size_t q = 0; q < g->count; q += most)
        sm_probe(g->scan.lists, g->scan.kernels, sm_min(g->count - q, most),
                 g->queries + q * g->dim, nprobe, g->list_scores,
                 g->probes + q * nprobe, g->probe_counts + q);
}

/* From the lists of each query to the queries of each list. */
static void invert(group *g)
{
    size_t const nprobe = g->search->nprobe;
    size_t const nlist = g->scan.lists->centroids->nlist;
    sm_sort_begin(g->offsets, nlist);
    for (size_t q = 0; q < g->count; q++)
        for (size_t i = 0; i < g->probe_counts[q]; i++)
            sm_sort_count(g->offsets, g->probes[q * nprobe + i]);
    sm_sort_sum(g->offsets, nlist);
    for (size_t q = 0; q < g->count; q++)
        for (size_t i = 0; i < g->probe_counts[q]; i++) {
            size_t const list = g->probes[q * nprobe + i];
            g->members[sm_sort_place(g->offsets, list)] = (uint32_t)q;
        }
}

/* Query q among those that are scored together, in place i. */
static void gather(group *g, size_t q, size_t i)
{
    g->some[i] = g->hits[q];
    memcpy(g->gathered + i * g->dim, g->queries + q * g->dim,
           g->dim * sizeof(float));
}

static sm_status scan_for_members(group *g, size_t list, size_t next)
{
    size_t const end = g->offsets[list + 1];
    for (size_t at = g->offsets[list]; at < end; at += SM_SCAN_QUERIES) {
        size_t const m = sm_min(end - at, SM_SCAN_QUERIES);
        for (size_t i = 0; i < m; i++) gather(g, g->members[at + i], i);
        SM_RETURN_IF_ERROR(
            sm_scan_list(&g->scan, list, next, m, g->gathered, g->some));
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
        if (m < SM_SCAN_QUERIES && q + 1 < g->count) continue;
        if (m > 0)
            SM_RETURN_IF_ERROR(
                sm_scan_everything(&g->scan, m, g->gathered, g->some));
        m = 0;
    }
    return SIAMESE_OK;
}

static sm_status scan_probed(group *g)
{
    size_t const nlist = g->scan.lists->centroids->nlist;
    probe(g);
    invert(g);
    for (size_t l = 0; l < nlist; l++)
        SM_RETURN_IF_ERROR(scan_for_members(g, l, sm_min(l + 1, nlist - 1)));
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
               .begin = begin,
               .count = end - begin,
               .dim = index->dim};
    g.every_list = search->nprobe == index->lists->centroids->nlist;
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
