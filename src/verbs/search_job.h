/*
 * search_job.h: a search that a person may give up: it goes on by itself, and
 * the session with it.
 */
#ifndef SEARCH_JOB_H
#define SEARCH_JOB_H

#include <siamese/siamese.h>

#include "terminal/cli_wait.h"

/*
 * Searches for one text. *event says how it ended: CLI_READY with the search's
 * status, and hits or why there are none in error[size]; another one if the
 * person, or the process, is through with it. The model, and the request's
 * filter, must live while search_job_running.
 */
siamese_status search_job_run(const siamese_model *model,
                              const siamese_search_request *request,
                              siamese_text text, siamese_hits **hits,
                              cli_event *event, char *error, size_t size);

/* Whether a search that was given up still runs. */
int search_job_running(void);

#endif
