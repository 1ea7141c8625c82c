/*
 * saver.h: a bundle's save in two parts, the copy of what changes, at one
 * moment, and the writing of it. Whoever keeps the handles still for the first
 * lets go of them for the second. For a model, whose index is that of its
 * trainer's towers only as long as nobody trains.
 */
#ifndef SM_SAVER_H
#define SM_SAVER_H

#include "common/status.h"

typedef struct sm_saver sm_saver;

/* The bundle is borrowed until the saver is freed; options may be NULL. */
sm_status sm_saver_create(sm_saver **out, const siamese_bundle *bundle,
                          const siamese_save_options *options);
void sm_saver_free(sm_saver *saver);

/* Copies trainer, index and items, as far as the bundle has them and they are
 * not copied yet. What still is not when its section is due is copied then. */
sm_status sm_saver_copy(sm_saver *saver);

/* Writes what there is, once, to a file or to a host's stream. */
sm_status sm_saver_save(sm_saver *saver, const char *path);
sm_status sm_saver_write(sm_saver *saver, siamese_write_fn write, void *user);

#endif
