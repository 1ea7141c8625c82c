/* bundle_layout.c: which sections are ours, and the small one that says how
 * they belong together. Written by checkpoint_save, read by checkpoint_load. */
#include "checkpoint/bundle_layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sm_status sm_layout_write(const sm_layout *layout, sm_writer *writer)
{
    SM_RETURN_IF_ERROR(sm_write_u32(writer, layout->shared_tower));
    SM_RETURN_IF_ERROR(sm_write_u32(writer, layout->vocab_count));
    return sm_write_u32(writer, layout->own_vocab);
}

sm_status sm_layout_read(sm_layout *layout, sm_reader *reader)
{
    SM_RETURN_IF_ERROR(sm_read_u32(reader, &layout->shared_tower));
    SM_RETURN_IF_ERROR(sm_read_u32(reader, &layout->vocab_count));
    SM_RETURN_IF_ERROR(sm_read_u32(reader, &layout->own_vocab));
    SM_REQUIRE(layout->shared_tower <= 1, SIAMESE_E_FORMAT,
               "section layout: shared_tower is %" PRIu32,
               layout->shared_tower);
    SM_REQUIRE(layout->vocab_count <= SM_SECTIONS_MAX &&
                   layout->own_vocab <= layout->vocab_count,
               SIAMESE_E_FORMAT,
               "section layout: vocabulary %" PRIu32 " of %" PRIu32,
               layout->own_vocab, layout->vocab_count);
    return SIAMESE_OK;
}

void sm_vocab_section_name(char name[SM_SECTION_NAME_SIZE], uint32_t number)
{
    snprintf(name, SM_SECTION_NAME_SIZE, "vocab_%" PRIu32, number);
}

/* The sections of ours, each with the version of its format. A vocabulary's
 * number follows its name. */
static const struct {
    const char *name;
    uint32_t version;
} own[] = {{"layout", 1},  {"vocab_", 3}, {"query_tower", 4}, {"item_tower", 4},
           {"trainer", 4}, {"index", 2},  {"index_map", 2},   {"items", 1},
           {"model", 1},   {"ranker", 1}, {"words", 1}};

uint32_t sm_own_section_version(const char *name)
{
    char vocab[SM_SECTION_NAME_SIZE] = "";
    if (strncmp(name, "vocab_", 6) == 0)
        sm_vocab_section_name(vocab, (uint32_t)strtoul(name + 6, NULL, 10));
    if (*vocab && strcmp(name, vocab) != 0) return 0;
    if (*vocab) name = "vocab_";
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(name, own[i].name) == 0) return own[i].version;
    return 0;
}
