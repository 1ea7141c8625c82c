/* renew.c: memory and a larger size in, fresh memory out, the old given back.
 * For scratch of every kind. */
#include "common/renew.h"

#include "common/size.h"

sm_status sm_renew_floats(float **buffer, size_t rows, size_t columns)
{
    size_t count;
    sm_aligned_free(*buffer);
    *buffer = NULL;
    if (!sm_size_multiply(rows, columns, &count)) return sm_fail_memory();
    *buffer = sm_aligned_array(count, sizeof **buffer);
    return *buffer ? SIAMESE_OK : sm_fail_memory();
}
