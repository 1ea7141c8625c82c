/* stream_frequency.c: items as steps have them in, their probabilities out, by
 * hashed counters. For train_step with logq=streaming. */
#include "train/stream_frequency.h"

#include <math.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"

sm_status sm_stream_frequency_create(sm_stream_frequency *f, size_t buckets,
                                     double rate)
{
    size_t count;
    if (!sm_size_multiply(buckets, SM_STREAM_HASHES, &count))
        return sm_fail_memory();
    *f = (sm_stream_frequency){.buckets = buckets, .rate = rate};
    f->last = sm_calloc(count, sizeof *f->last);
    f->gap = sm_calloc(count, sizeof *f->gap);
    if (f->last && f->gap) return SIAMESE_OK;
    sm_stream_frequency_free(f);
    return sm_fail_memory();
}

void sm_stream_frequency_free(sm_stream_frequency *f)
{
    sm_free(f->last);
    sm_free(f->gap);
    *f = (sm_stream_frequency){.buckets = 0};
}

/* The item's bucket under hash h. */
static size_t bucket_of(const sm_stream_frequency *f, uint64_t hash, size_t h)
{
    uint64_t const own = sm_hash_mix(hash + h * UINT64_C(0x9e3779b97f4a7c15));
    return h * f->buckets + (size_t)(own % f->buckets);
}

static float new_gap(const sm_stream_frequency *f, size_t bucket, uint64_t t)
{
    int64_t const last = f->last[bucket];
    double const seen = (double)((int64_t)t - last);
    if (last == 0) return (float)seen;
    return (float)((1 - f->rate) * (double)f->gap[bucket] + f->rate * seen);
}

float sm_stream_frequency_estimate(const sm_stream_frequency *f, uint64_t hash,
                                   uint64_t t)
{
    float most = 0;
    for (size_t h = 0; h < SM_STREAM_HASHES; h++)
        most = fmaxf(most, new_gap(f, bucket_of(f, hash, h), t));
    return 1 / most;
}

void sm_stream_frequency_count(sm_stream_frequency *f, uint64_t hash,
                               uint64_t t)
{
    for (size_t h = 0; h < SM_STREAM_HASHES; h++) {
        size_t const bucket = bucket_of(f, hash, h);
        if (f->last[bucket] == (int64_t)t) continue;
        f->gap[bucket] = new_gap(f, bucket, t);
        f->last[bucket] = (int64_t)t;
    }
}

sm_status sm_stream_frequency_write(const sm_stream_frequency *f,
                                    sm_writer *writer)
{
    size_t const count = SM_STREAM_HASHES * f->buckets;
    SM_RETURN_IF_ERROR(sm_write_i64s(writer, f->last, count));
    return sm_write_f32s(writer, f->gap, count);
}

sm_status sm_stream_frequency_read(sm_stream_frequency *f, sm_reader *reader,
                                   uint64_t steps)
{
    size_t const count = SM_STREAM_HASHES * f->buckets;
    SM_RETURN_IF_ERROR(sm_read_i64s(reader, f->last, count));
    SM_RETURN_IF_ERROR(sm_read_f32s(reader, f->gap, count));
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(f->last[i] >= 0 && (uint64_t)f->last[i] <= steps &&
                       (f->last[i] ? f->gap[i] > 0 && isfinite(f->gap[i])
                                   : f->gap[i] == 0),
                   SIAMESE_E_FORMAT,
                   "section %s: frequency %zu is not possible", reader->section,
                   i);
    return SIAMESE_OK;
}
