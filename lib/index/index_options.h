/* index_options.h: the options of an index and of a search, as tables, and what
 * an index chooses where they leave it open. */
#ifndef SM_INDEX_OPTIONS_H
#define SM_INDEX_OPTIONS_H

#include <stdbool.h>

#include "common/options.h"

/* Lists that an index can have. */
#define SM_INDEX_MOST_LISTS 16777216

extern const sm_option_table sm_index_option_table;
extern const sm_option_table sm_search_option_table;

/* A host's request, of whatever version, as the library's newest; its options
 * are in their ranges. */
sm_status sm_search_request_read(siamese_search_request *own,
                                 const siamese_search_request *request);

/* Lists, and lists that a search reads, by the size of a collection where the
 * options leave it open. */
size_t sm_index_choose_nlist(const siamese_index_options *options,
                             size_t count);
size_t sm_index_choose_nprobe(const siamese_index_options *options,
                              size_t nlist);

/* Whether vectors of this size have codes beside them, for bounded scans;
 * is_fast: whether these are the faster ones. */
bool sm_index_has_codes(const siamese_index_options *options, size_t dim,
                        bool is_fast);

/* What bounds save depends on. */
typedef struct sm_scan_size {
    size_t queries;
    size_t bytes; /* of all floats */
    bool in_file; /* where they stay */
    bool every_list;
} sm_scan_size;

/* Whether a search of vectors with codes reads them; scan: SIAMESE_SCAN_*. */
bool sm_search_reads_codes(int32_t scan, const sm_scan_size *size);

#endif
