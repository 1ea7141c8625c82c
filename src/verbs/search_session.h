/*
 * search_session.h: siamese search with a person: queries one after the other,
 * and between them lines that begin with a colon and say how to search, by the
 * names of siamese_search_request_describe.
 */
#ifndef SEARCH_SESSION_H
#define SEARCH_SESSION_H

#include <siamese/siamese.h>

#include "data/cli_row_filter.h"
#include "verbs/search_output.h"

typedef struct search_session {
    const siamese_model *model;
    const siamese_items *items;      /* :where is over their columns */
    const cli_row_filter *files;     /* with these ids */
    siamese_search_request *request; /* as the options say; changed by lines */
    search_output *output;
    int decodes;       /* entities of queries */
    int keeps_history; /* for the next session */
} search_session;

/* Until the person leaves. Whether all of it is at rest, that is no search that
 * was given up still reads the model. */
int search_session_run(search_session *session);

#endif
