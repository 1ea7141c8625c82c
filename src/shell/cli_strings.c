/* cli_strings.c: strings in, their numbers out. For ids and titles. */
#include "shell/cli_strings.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

enum { BLOCK_BYTES = 1 << 18, FIRST_SLOTS = 1024 };

void cli_strings_free(cli_strings *s)
{
    for (size_t i = 0; i < s->block_count; i++) free(s->blocks[i]);
    free(s->blocks);
    free(s->slots);
    free(s->texts);
    memset(s, 0, sizeof *s);
}

static uint64_t mix(uint64_t h, uint64_t factor)
{
    h = (h ^ h >> 33) * factor;
    h = (h ^ h >> 29) * factor;
    return h ^ h >> 32;
}

/* Of the moment and of where the process lies in memory: whoever writes a file
 * cannot know which of its strings have one slot. The order of strings is that
 * in which they came, so it does not show. */
static uint64_t draw_factor(const cli_strings *s)
{
    struct timespec now = {0, 0};

    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15u ^
            (uint64_t)(uintptr_t)s->slots * 0xff51afd7ed558ccdu ^
            (uint64_t)getpid() << 32 ^ (uint64_t)now.tv_sec << 40) |
           1;
}

/* h = mix(h ^ word) for words of 8 bytes, the last with the size in it; a
 * product by an odd factor that nobody knows spreads the bits. */
static size_t hash_of(const cli_strings *s, const char *data, size_t size)
{
    uint64_t h = s->factor, word;

    for (; size >= 8; data += 8, size -= 8) {
        memcpy(&word, data, 8);
        h = mix(h ^ word, s->factor);
    }
    word = (uint64_t)size << 56;
    if (size) memcpy(&word, data, size);
    return (size_t)mix(h ^ word, s->factor);
}

/* The slot of the string, or the free one where it belongs. */
static size_t slot_of(const cli_strings *s, const char *data, size_t size)
{
    size_t const mask = s->slot_count - 1;
    size_t slot = hash_of(s, data, size) & mask;

    for (; s->slots[slot]; slot = (slot + 1) & mask) {
        siamese_text const text = s->texts[s->slots[slot] - 1];
        if (text.size == size && memcmp(text.data, data, size) == 0) break;
    }
    return slot;
}

static void double_slots(cli_strings *s)
{
    free(s->slots);
    s->slot_count = s->slot_count ? 2 * s->slot_count : FIRST_SLOTS;
    s->slots = cli_alloc(s->slot_count, sizeof *s->slots);
    if (s->factor == 0) s->factor = draw_factor(s);
    for (size_t i = 0; i < s->count; i++)
        s->slots[slot_of(s, s->texts[i].data, s->texts[i].size)] =
            (uint32_t)(i + 1);
}

static const char *keep(cli_strings *s, const char *data, size_t size)
{
    if (s->block_count == 0 || size + 1 > s->block_size - s->block_used) {
        s->blocks = cli_grow(s->blocks, s->block_count, &s->block_capacity,
                             sizeof *s->blocks);
        s->block_size = size + 1 > BLOCK_BYTES ? size + 1 : BLOCK_BYTES;
        s->blocks[s->block_count++] = cli_resize(NULL, s->block_size, 1);
        s->block_used = 0;
    }
    char *const at = s->blocks[s->block_count - 1] + s->block_used;
    if (size > 0) memcpy(at, data, size);
    at[size] = '\0';
    s->block_used += size + 1;
    return at;
}

size_t cli_strings_add(cli_strings *s, const char *data, size_t size)
{
    if (2 * s->count >= s->slot_count) double_slots(s);
    size_t const slot = slot_of(s, data, size);
    if (s->slots[slot]) return s->slots[slot] - 1;
    if (s->count >= UINT32_MAX - 1)
        cli_fail("more than %u distinct strings", UINT32_MAX - 1);
    s->texts = cli_grow(s->texts, s->count, &s->capacity, sizeof *s->texts);
    s->texts[s->count] = (siamese_text){keep(s, data, size), size};
    s->slots[slot] = (uint32_t)++s->count;
    return s->count - 1;
}

size_t cli_strings_find(const cli_strings *s, const char *data, size_t size)
{
    if (s->count == 0) return SIZE_MAX;
    uint32_t const number = s->slots[slot_of(s, data, size)];
    return number ? number - 1 : SIZE_MAX;
}
