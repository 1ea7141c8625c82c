/* linear_ranker.c: features in, a score and how sure it is out; and the weights
 * to and from a file. For ranking anew, and for what learns the weights. */
#include "search/linear_ranker.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"

/* Of a feature's name in a file, and of features in one. */
enum { NAME_SIZE = 64, MOST_FEATURES = 1024 };

_Static_assert(SM_FEATURES <= 64, "features that were read are bits");

/* Of a number in a file: products with features stay numbers. */
#define MOST 1e9f

sm_linear_ranker sm_linear_fixed(double maxsim_weight)
{
    sm_linear_ranker ranker = {.queries = 0};
    ranker.weights[SM_FEATURE_SCORE] = 1;
    ranker.weights[SM_FEATURE_MAXSIM] = (float)maxsim_weight;
    return ranker;
}

float sm_linear_score(const sm_linear_ranker *ranker, const float *features)
{
    float sum = 0;
    for (size_t f = 0; f < SM_FEATURES; f++)
        sum += ranker->weights[f] * features[f];
    return sum;
}

float sm_linear_confidence(const sm_linear_ranker *ranker, float score)
{
    return 1 / (1 + expf(-(ranker->slope * score + ranker->intercept)));
}

/* ---- the file ---- */

sm_status sm_linear_write(const sm_linear_ranker *ranker, sm_writer *writer)
{
    float const confidence[2] = {ranker->slope, ranker->intercept};
    SM_RETURN_IF_ERROR(sm_write_u64(writer, ranker->queries));
    if (ranker->queries == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_write_f32s(writer, confidence, 2));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, SM_FEATURES));
    for (size_t f = 0; f < SM_FEATURES; f++) {
        const char *const name = sm_feature_name(f);
        SM_RETURN_IF_ERROR(sm_write_bytes(writer, name, strlen(name)));
        SM_RETURN_IF_ERROR(sm_write_f32s(writer, &ranker->weights[f], 1));
    }
    return SIAMESE_OK;
}

static sm_status check_number(const sm_reader *reader, const char *what,
                              float number)
{
    SM_REQUIRE(fabsf(number) <= MOST, SIAMESE_E_FORMAT,
               "section %s: %s: %g is no number of -1e9 .. 1e9",
               reader->section, what, (double)number);
    return SIAMESE_OK;
}

static sm_status find_feature(const sm_reader *reader, const char *name,
                              size_t size, size_t *feature)
{
    for (size_t f = 0; f < SM_FEATURES; f++)
        if (strlen(sm_feature_name(f)) == size &&
            memcmp(sm_feature_name(f), name, size) == 0) {
            *feature = f;
            return SIAMESE_OK;
        }
    return sm_fail(SIAMESE_E_VERSION,
                   "section %s: this version does not know the feature '%.63s'",
                   reader->section, name);
}

/* `known` has a feature's bit once it was read. */
static sm_status read_weight(sm_linear_ranker *ranker, sm_reader *reader,
                             uint64_t *known)
{
    sm_status status = SIAMESE_OK;
    char *name = NULL;
    size_t size, feature = 0;
    float weight;
    SM_TRY(sm_read_bytes(reader, "name of a feature", NAME_SIZE - 1, &name,
                         &size));
    SM_TRY(sm_read_f32s(reader, &weight, 1));
    SM_TRY(find_feature(reader, name, size, &feature));
    SM_TRY(check_number(reader, name, weight));
    SM_CHECK((*known & UINT64_C(1) << feature) == 0, SIAMESE_E_FORMAT,
             "section %s: the feature '%.63s' stands twice", reader->section,
             name);
    *known |= UINT64_C(1) << feature;
    ranker->weights[feature] = weight;
out:
    sm_free(name);
    return status;
}

sm_status sm_linear_read(sm_linear_ranker *ranker, sm_reader *reader)
{
    float confidence[2];
    uint64_t known = 0;
    size_t count;
    *ranker = (sm_linear_ranker){.queries = 0};
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &ranker->queries));
    if (ranker->queries == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_read_f32s(reader, confidence, 2));
    SM_RETURN_IF_ERROR(check_number(reader, "confidence", confidence[0]));
    SM_RETURN_IF_ERROR(check_number(reader, "confidence", confidence[1]));
    SM_REQUIRE(confidence[0] >= 0, SIAMESE_E_FORMAT,
               "section %s: its confidence falls where scores rise",
               reader->section);
    ranker->slope = confidence[0];
    ranker->intercept = confidence[1];
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "features", 0, MOST_FEATURES, &count));
    for (size_t i = 0; i < count; i++)
        SM_RETURN_IF_ERROR(read_weight(ranker, reader, &known));
    return SIAMESE_OK;
}
