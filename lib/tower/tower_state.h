/* tower_state.h: a tower to and from a checkpoint's section; its vocabularies
 * stand in sections of their own. */
#ifndef SM_TOWER_STATE_H
#define SM_TOWER_STATE_H

#include "common/stream.h"
#include "tower/tower.h"

/* vocab_numbers[field]: the number of the field's vocabulary in the file. */
sm_status sm_tower_write(const siamese_tower *tower,
                         const uint32_t *vocab_numbers, sm_writer *writer);

/*
 * version is that of the section, threads that of the new handle. Nothing read
 * is trusted.
 */
sm_status sm_tower_read(siamese_tower **out, sm_reader *reader,
                        uint32_t version, siamese_vocab *const *vocabs,
                        size_t vocab_count, int32_t threads);

#endif
