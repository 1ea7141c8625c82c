/* index_options.h: the options of an index and of a search, as tables. */
#ifndef SM_INDEX_OPTIONS_H
#define SM_INDEX_OPTIONS_H

#include "common/options.h"

/* Lists that an index can have. */
#define SM_INDEX_MOST_LISTS 16777216

extern const sm_option_table sm_index_option_table;
extern const sm_option_table sm_search_option_table;

#endif
