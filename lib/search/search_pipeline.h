/* search_pipeline.h: the stages of a search behind its first scan: feedback,
 * ranking anew, and which hits stay. docs/search.md says what each does. */
#ifndef SM_SEARCH_PIPELINE_H
#define SM_SEARCH_PIPELINE_H

#include "search/search_scan.h"

/* Which stages a search has: as its request says, else the ranker. */
typedef struct sm_search_stages {
    bool rerank, spelling;
    size_t feedback; /* results that it is made of; 0: none */
} sm_search_stages;

sm_search_stages sm_search_stages_of(const sm_search_run *run);

/* The hits of a run, by all its stages. moved: [count][dim], if it has
 * feedback. */
sm_status sm_search_pipeline(sm_search_run *run, const sm_search_stages *stages,
                             float *moved);

#endif
