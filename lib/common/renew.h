/* renew.h: memory in place of other memory, for buffers whose contents are lost
 * when they grow. */
#ifndef SM_RENEW_H
#define SM_RENEW_H

#include "common/memory.h"
#include "common/status.h"

/* Makes the pointer hold count elements, in a function that returns a
 * status. */
#define SM_RENEW(pointer, count)                                               \
    do {                                                                       \
        sm_free(pointer);                                                      \
        (pointer) = sm_alloc_array((count), sizeof *(pointer));                \
        if ((pointer) == NULL) return sm_fail_memory();                        \
    } while (0)

/* Makes *buffer hold rows * columns floats, aligned at 64 bytes. */
sm_status sm_renew_floats(float **buffer, size_t rows, size_t columns);

#endif
