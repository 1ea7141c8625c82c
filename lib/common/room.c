/* room.c: a host's buffer and what is needed in, a status out. For every
 * function that fills one. */
#include "common/room.h"

sm_status sm_room(const char *name, const void *buffer, size_t capacity,
                  size_t needed, size_t *needed_out)
{
    SM_REQUIRE(buffer != NULL || capacity == 0, SIAMESE_E_ARGUMENT,
               "%s: is NULL, with room for %zu", name, capacity);
    if (needed_out) *needed_out = needed;
    SM_REQUIRE(capacity >= needed, SIAMESE_E_RANGE,
               "%s: %zu have room, %zu are needed", name, capacity, needed);
    return SIAMESE_OK;
}
