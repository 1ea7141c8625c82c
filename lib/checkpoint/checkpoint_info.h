/* checkpoint_info.h: what a checkpoint holds, from its table alone. */
#ifndef SM_CHECKPOINT_INFO_H
#define SM_CHECKPOINT_INFO_H

#include "checkpoint/byte_source.h"

/* siamese_checkpoint_info of what stands in source. */
sm_status sm_checkpoint_info(const sm_source *source,
                             siamese_section_info *infos, size_t capacity,
                             size_t *needed, uint32_t *format_version);

#endif
