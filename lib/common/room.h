/* room.h: one rule for every result buffer of the host's. */
#ifndef SM_ROOM_H
#define SM_ROOM_H

#include "common/status.h"

/*
 * That buffer[capacity] has room for `needed` elements, which are told in
 * *needed_out (may be NULL). SIAMESE_E_RANGE if it is too small; NULL with a
 * capacity is SIAMESE_E_ARGUMENT, and with 0 a question.
 */
sm_status sm_room(const char *name, const void *buffer, size_t capacity,
                  size_t needed, size_t *needed_out);

#endif
