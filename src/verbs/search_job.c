/* search_job.c: a request in, its hits out, or the word that nobody waits for
 * them any more. For search_session.c. */
#include "verbs/search_job.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

enum { ERROR_BYTES = 1024 };

/* Of the thread that waits, until that gives it up: then of the one that
 * searches. */
typedef struct search_job {
    const siamese_model *model;
    siamese_search_request request;
    siamese_text text;
    siamese_hits *hits;
    siamese_status status;
    char error[ERROR_BYTES]; /* of the thread that searched */
    int done[2];             /* a pipe: a byte is written at the end */
    int is_done, is_given_up;
} search_job;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int given_up; /* and not done */

static void free_job(search_job *job)
{
    siamese_hits_free(job->hits);
    close(job->done[0]);
    close(job->done[1]);
    free((char *)(uintptr_t)job->text.data);
    free(job);
}

static void *search(void *of_job)
{
    search_job *const job = of_job;

    job->status = siamese_model_search(job->model, &job->request, &job->hits);
    if (job->status)
        snprintf(job->error, sizeof job->error, "%s", siamese_last_error());
    pthread_mutex_lock(&lock);
    int const is_given_up = job->is_given_up;
    job->is_done = 1;
    given_up -= is_given_up;
    ssize_t const written = write(job->done[1], "", 1);
    pthread_mutex_unlock(&lock);
    (void)written; /* a pipe that is empty has room */
    if (is_given_up) free_job(job);
    return NULL;
}

/* Whether the searching thread is to free it. */
static int give_up(search_job *job)
{
    pthread_mutex_lock(&lock);
    int const is_running = !job->is_done;
    job->is_given_up = is_running;
    given_up += is_running;
    pthread_mutex_unlock(&lock);
    return is_running;
}

static search_job *new_job(const siamese_model *model,
                           const siamese_search_request *request,
                           siamese_text text)
{
    search_job *const job = cli_alloc(1, sizeof *job);
    char *const copy = cli_alloc(text.size + 1, 1);

    memcpy(copy, text.data, text.size);
    *job = (search_job){
        .model = model, .request = *request, .text = {copy, text.size}};
    job->request.texts = &job->text;
    if (pipe(job->done) != 0)
        cli_fail("cannot make a pipe: %s", strerror(errno));
    return job;
}

siamese_status search_job_run(const siamese_model *model,
                              const siamese_search_request *request,
                              siamese_text text, siamese_hits **hits,
                              cli_event *event, char *error, size_t size)
{
    search_job *const job = new_job(model, request, text);
    pthread_t thread;

    if (pthread_create(&thread, NULL, search, job) != 0)
        cli_fail("cannot start a thread");
    do *event = cli_wait(job->done[0]);
    while (*event == CLI_RESIZED || *event == CLI_CONTINUED);
    *hits = NULL;
    if (*event != CLI_READY && give_up(job)) {
        pthread_detach(thread);
        return SIAMESE_E_CANCELLED;
    }
    pthread_join(thread, NULL);
    siamese_status const status = job->status;
    snprintf(error, size, "%s", job->error);
    if (*event == CLI_READY) {
        *hits = job->hits;
        job->hits = NULL;
    }
    free_job(job);
    return status;
}

int search_job_running(void)
{
    pthread_mutex_lock(&lock);
    int const count = given_up;
    pthread_mutex_unlock(&lock);
    return count > 0;
}
