/* index_options.c: the tables of an index's and a search's options. For
 * index_handle, index_search and presets. */
#include "index/index_options.h"

#include <math.h>

#include "common/size.h"
#include "math/kernels.h"

#define INDEX(member) offsetof(siamese_index_options, member)
#define SEARCH(member) offsetof(siamese_search_options, member)

static const sm_option index_options[] = {
    {"nlist", SM_OPTION_SIZE, INDEX(nlist), "0", 0, SM_INDEX_MOST_LISTS,
     "0 .. 16777216",
     "lists of vectors; 0: one below 100,000 vectors, else about 4 times the "
     "square root of their number"},
    {"nprobe", SM_OPTION_SIZE, INDEX(nprobe), "0", 0, SM_INDEX_MOST_LISTS,
     "0 .. 16777216", "lists that a search reads; 0: by the number of lists"},
    {"seed", SM_OPTION_UINT64, INDEX(seed), "0", 0, 18446744073709551615.0,
     "0 .. 18446744073709551615", "of the k-means that chooses the lists"},
    {"metric", SM_OPTION_CHOICE, INDEX(metric), "inner_product", 0, 1,
     "inner_product | cosine", "what a score is"},
    {"threads", SM_OPTION_INT32, INDEX(threads), "0", 0, 1024, "0 .. 1024",
     "for train, add and many queries; 0: one a processor"},
    {"kernel", SM_OPTION_CHOICE, INDEX(kernel), "auto", 0, 0, SM_KERNEL_WORDS,
     "kernel level"},
    {"scan", SM_OPTION_CHOICE, INDEX(scan), "auto", 0, 2,
     "auto | float | bounded",
     "whether small codes stand beside the vectors, so that a search reads few "
     "of them; auto: from vectors of 32 numbers on, where that is faster"},
};

const sm_option_table sm_index_option_table = {
    "index", index_options, sizeof index_options / sizeof *index_options,
    sizeof(siamese_index_options)};

static const sm_option search_options[] = {
    {"nprobe", SM_OPTION_SIZE, SEARCH(nprobe), "0", 0, SM_INDEX_MOST_LISTS,
     "0 .. 16777216", "lists to read; 0: as the index has it"},
    {"exact", SM_OPTION_FLAG, SEARCH(exact), "0", 0, 1, "0 | 1",
     "whether to read every list"},
    {"min_score", SM_OPTION_DOUBLE, SEARCH(min_score), "-1e20", -1e20, 1e20,
     "-1e20 .. 1e20", "nothing below it is found; -1e20: any score"},
    {"dedupe", SM_OPTION_FLAG, SEARCH(dedupe), "0", 0, 1, "0 | 1",
     "whether an id that has several vectors is found once, by the best"},
    {"scan", SM_OPTION_CHOICE, SEARCH(scan), "auto", 0, 2,
     "auto | float | bounded",
     "whether bounds by the codes are used; auto: where the index has them"},
    {"strict_nprobe", SM_OPTION_FLAG, SEARCH(strict_nprobe), "0", 0, 1, "0 | 1",
     "whether no more lists are read where few results pass"},
};

const sm_option_table sm_search_option_table = {
    "search", search_options, sizeof search_options / sizeof *search_options,
    sizeof(siamese_search_options)};

SM_OPTIONS_API(index, &sm_index_option_table)
SM_OPTIONS_API(search, &sm_search_option_table)

/* ---- a request ---- */

#define REQUEST(member) offsetof(siamese_search_request, member)

static const sm_option request_options[] = {
    {"k", SM_OPTION_SIZE, REQUEST(k), "10", 0, 18446744073709551615.0,
     "0 .. 18446744073709551615",
     "results per query; 0: all that score min_score"},
    {"min_score", SM_OPTION_DOUBLE, REQUEST(min_score), "-1e20", -1e20, 1e20,
     "-1e20 .. 1e20", "no vector that scores less is found; -1e20: any score"},
    {"nprobe", SM_OPTION_SIZE, REQUEST(nprobe), "0", 0, SM_INDEX_MOST_LISTS,
     "0 .. 16777216", "lists to read; 0: as the index has it"},
    {"exact", SM_OPTION_FLAG, REQUEST(exact), "0", 0, 1, "0 | 1",
     "whether to read every list"},
    {"dedupe", SM_OPTION_FLAG, REQUEST(dedupe), "0", 0, 1, "0 | 1",
     "whether an item that has several rows is found once, by the best"},
    {"scan", SM_OPTION_CHOICE, REQUEST(scan), "auto", 0, 2,
     "auto | float | bounded",
     "whether bounds by the codes are used; auto: where the index has them"},
    {"rerank", SM_OPTION_CHOICE, REQUEST(rerank), "auto", 0, 2,
     "auto | off | on",
     "whether results are ranked anew; auto: as the ranker says"},
    {"spelling", SM_OPTION_CHOICE, REQUEST(spelling), "auto", 0, 2,
     "auto | off | on",
     "whether unknown words are corrected; auto: as the ranker says"},
    {"feedback", SM_OPTION_CHOICE, REQUEST(feedback), "auto", 0, 2,
     "auto | off | on",
     "whether the index is scanned again; auto: as the ranker says"},
    {"explain", SM_OPTION_FLAG, REQUEST(explain), "0", 0, 1, "0 | 1",
     "whether hits know what each feature adds to their scores"},
    {"collapse_titles", SM_OPTION_FLAG, REQUEST(collapse_titles), "0", 0, 1,
     "0 | 1", "whether of hits with the same title only the best stays"},
    {"min_confidence", SM_OPTION_DOUBLE, REQUEST(min_confidence), "0", 0, 1,
     "0 .. 1", "hits that are less confident are left out; 0: none is"},
    {"strict_nprobe", SM_OPTION_FLAG, REQUEST(strict_nprobe), "0", 0, 1,
     "0 | 1", "whether no more lists are read where few results pass"},
};

static const sm_option_table request_option_table = {
    "search", request_options, sizeof request_options / sizeof *request_options,
    sizeof(siamese_search_request)};

siamese_status siamese_search_request_init(siamese_search_request *request,
                                           size_t struct_size)
{
    SM_REQUIRE(request != NULL, SIAMESE_E_ARGUMENT, "request: is NULL");
    SM_RETURN_IF_ERROR(
        sm_options_init(&request_option_table, request, struct_size));
    if (struct_size >= REQUEST(vectors)) request->fields = 1;
    return SIAMESE_OK;
}

siamese_status siamese_search_request_set(siamese_search_request *request,
                                          const char *name, const char *value)
{
    SM_REQUIRE(request != NULL, SIAMESE_E_ARGUMENT, "request: is NULL");
    return sm_options_set(&request_option_table, request, name, value);
}

siamese_status siamese_search_request_get(const siamese_search_request *request,
                                          const char *name, char *buf,
                                          size_t size, size_t *needed)
{
    SM_REQUIRE(request != NULL, SIAMESE_E_ARGUMENT, "request: is NULL");
    return sm_options_get(&request_option_table, request, name, buf, size,
                          needed);
}

siamese_status siamese_search_request_describe(size_t i,
                                               siamese_option_info *info)
{
    return sm_options_describe(&request_option_table, i, info);
}

sm_status sm_search_request_read(siamese_search_request *own,
                                 const siamese_search_request *request)
{
    SM_RETURN_IF_ERROR(sm_struct_read(own, sizeof *own, request, "request"));
    return sm_options_check(&request_option_table, own);
}

/* ---- how many lists ---- */

enum {
    EXACT_BELOW = 100000, /* vectors: reading all of them is fast enough */
    MOST_PROBES = 64,     /* recall hardly falls with more and smaller lists */
};

size_t sm_index_choose_nlist(const siamese_index_options *options, size_t count)
{
    if (options->nlist) return options->nlist;
    if (count < EXACT_BELOW) return 1;
    size_t const nlist = (size_t)(4.0 * sqrt((double)count) + 0.5);
    return sm_min(nlist, SM_INDEX_MOST_LISTS);
}

size_t sm_index_choose_nprobe(const siamese_index_options *options,
                              size_t nlist)
{
    if (options->nprobe) return sm_min(options->nprobe, nlist);
    size_t const nprobe = (size_t)ceil(3.2 * sqrt((double)nlist));
    return sm_min(sm_min(nprobe, MOST_PROBES), nlist);
}

/* ---- codes ---- */

enum { CODES_FROM = 32 }; /* numbers of a vector */

bool sm_index_has_codes(const siamese_index_options *options, size_t dim,
                        bool is_fast)
{
    return options->scan == SIAMESE_SCAN_BOUNDED ||
           (options->scan == SIAMESE_SCAN_AUTO && is_fast && dim >= CODES_FROM);
}

/* Bytes of floats up to which those of a few lists take less time than bounds:
 * they come from a cache, for queries side by side one after the other. */
enum { FLOATS_OF_ONE = 8 << 20, FLOATS_OF_MANY = 64 << 20 };

/* The results are the same. Floats that stay in a file are in no cache of the
 * process. */
bool sm_search_reads_codes(int32_t scan, const sm_scan_size *size)
{
    if (scan != SIAMESE_SCAN_AUTO) return scan == SIAMESE_SCAN_BOUNDED;
    return size->in_file || size->every_list ||
           size->bytes > (size->queries == 1 ? FLOATS_OF_ONE : FLOATS_OF_MANY);
}
