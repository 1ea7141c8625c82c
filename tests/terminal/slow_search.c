/* slow_search.c: a search that says that it has begun and takes a minute, for
 * tests of giving one up; loaded before the library (LD_PRELOAD). */
#include <stdio.h>
#include <time.h>

#include <siamese/siamese.h>

siamese_status siamese_model_search(const siamese_model *model,
                                    const siamese_search_request *request,
                                    siamese_hits **out)
{
    struct timespec const minute = {.tv_sec = 60};

    (void)model, (void)request;
    *out = NULL;
    fputs("searching\n", stderr);
    nanosleep(&minute, NULL);
    return SIAMESE_E_STATE;
}
