/* code_points.c: code points in, an array that grows out. For unicode_words and
 * quantities. */
#include "text/code_points.h"

#include "common/memory.h"
#include "common/size.h"

void sm_code_points_free(sm_code_points *points)
{
    sm_free(points->points);
    *points = (sm_code_points){0};
}

sm_status sm_code_points_reserve(sm_code_points *points, size_t more)
{
    size_t wanted;
    if (points->capacity - points->count >= more) return SIAMESE_OK;
    if (!sm_size_add(points->count, more, &wanted)) return sm_fail_memory();
    int32_t *const grown = sm_grow(points->points, &points->capacity, wanted,
                                   sizeof *points->points);
    if (grown == NULL) return sm_fail_memory();
    points->points = grown;
    return SIAMESE_OK;
}

sm_status sm_code_points_push(sm_code_points *points, int32_t point)
{
    SM_RETURN_IF_ERROR(sm_code_points_reserve(points, 1));
    points->points[points->count++] = point;
    return SIAMESE_OK;
}
