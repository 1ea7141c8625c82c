/* bundle.h: the bundle handle, whose parts save and load walk over. */
#ifndef SM_BUNDLE_H
#define SM_BUNDLE_H

#include <stddef.h>

#include "checkpoint/section_table.h"
#include "common/status.h"

/* A host's own section. */
typedef struct sm_user_section {
    char name[SM_SECTION_NAME_SIZE];
    void *data;
    size_t size;
} sm_user_section;

/* The last snapshot of the trainer, kept for as long as it stands there. */
typedef struct sm_snapshot sm_snapshot;

/* Each part is a reference of the bundle's own, or NULL. */
struct siamese_bundle {
    siamese_vocab *vocab;
    siamese_tower *query_tower; /* both NULL with a trainer */
    siamese_tower *item_tower;
    siamese_trainer *trainer;
    siamese_index *index;
    siamese_items *items;
    siamese_ranker *ranker; /* with the words of the items, if they are known */
    char *model; /* [model_size] what a model keeps of itself; NULL: none */
    size_t model_size;
    sm_user_section *sections;
    size_t section_count;
    size_t section_capacity;
    sm_snapshot *snapshot;
};

/*
 * Room for a section of size bytes at the end, to be filled in by the caller;
 * the name is valid and new.
 */
sm_status sm_bundle_add_section(siamese_bundle *bundle, const char *name,
                                size_t size, void **data);

/* What a model keeps of itself: copied in, and lent out (NULL: nothing). */
sm_status sm_bundle_set_model(siamese_bundle *bundle, const void *data,
                              size_t size);
const void *sm_bundle_get_model(const siamese_bundle *bundle, size_t *size);

/* Copies the host's own sections of a bundle to another. */
sm_status sm_bundle_copy_sections(siamese_bundle *to,
                                  const siamese_bundle *from);

#endif
