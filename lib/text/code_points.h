/* code_points.h: code points in memory that grows and stays. */
#ifndef SM_CODE_POINTS_H
#define SM_CODE_POINTS_H

#include "common/status.h"

/* All zero is empty. */
typedef struct sm_code_points {
    int32_t *points;
    size_t count, capacity;
} sm_code_points;

void sm_code_points_free(sm_code_points *points);

/* Room for so many more behind the first count. */
sm_status sm_code_points_reserve(sm_code_points *points, size_t more);

sm_status sm_code_points_push(sm_code_points *points, int32_t point);

#endif
