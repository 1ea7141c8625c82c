/* search_explain.c: hits in; what each feature of the ranker added to their
 * scores, printed. For siamese search. */
#include "verbs/search_explain.h"

#include <math.h>
#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

typedef struct share {
    const char *name;
    double value;
} share;

/* All features and what each is of a hit's score. */
static share *shares_of(const siamese_hits *hits, size_t i, size_t *count)
{
    siamese_ranker_feature feature = {.struct_size = sizeof feature};
    siamese_ranker *names;

    siamese_status const status =
        siamese_hits_get_shares(hits, 0, i, NULL, 0, count);
    if (status != SIAMESE_E_RANGE) cli_try(status);
    float *const values = cli_alloc(*count, sizeof *values);
    share *const shares = cli_alloc(*count, sizeof *shares);
    cli_try(siamese_hits_get_shares(hits, 0, i, values, *count, NULL));
    cli_try(siamese_ranker_create(&names, NULL));
    for (size_t f = 0; f < *count; f++) {
        cli_try(siamese_ranker_describe_feature(names, f, &feature));
        shares[f] = (share){feature.name, (double)values[f]};
    }
    siamese_ranker_free(names);
    free(values);
    return shares;
}

void search_explain_fail(void)
{
    cli_fail("--explain: nothing has ranked the results anew: the model has no "
             "ranker, or it is off");
}

int search_explain_can(const siamese_hits *hits)
{
    return siamese_hits_count(hits, 0) == 0 ||
           siamese_hits_get_shares(hits, 0, 0, NULL, 0, &(size_t){0}) !=
               SIAMESE_E_STATE;
}

void search_explain_json(const siamese_hits *hits, size_t i, json_t *hit)
{
    size_t count;
    share *const shares = shares_of(hits, i, &count);
    json_t *const object = json_object();

    for (size_t f = 0; f < count; f++)
        if (shares[f].value != 0)
            json_object_set_new(object, shares[f].name,
                                json_real(shares[f].value));
    json_object_set_new(
        hit, "vector_score",
        json_real((double)siamese_hits_vector_scores(hits, 0)[i]));
    json_object_set_new(
        hit, "confidence",
        json_real((double)siamese_hits_confidences(hits, 0)[i]));
    json_object_set_new(hit, "shares", object);
    free(shares);
}

static int larger_first(const void *x, const void *y)
{
    double const a = fabs(((const share *)x)->value);
    double const b = fabs(((const share *)y)->value);
    return (a < b) - (a > b);
}

char *search_explain_text(const siamese_hits *hits, size_t i)
{
    size_t count;
    share *const shares = shares_of(hits, i, &count);
    char *text = cli_format("%s", "");

    qsort(shares, count, sizeof *shares, larger_first);
    for (size_t f = 0; f < count && shares[f].value != 0; f++) {
        char *const more = cli_format("%s%s%+.4f %s", text, f ? " " : "",
                                      shares[f].value, shares[f].name);
        free(text);
        text = more;
    }
    free(shares);
    return text;
}
