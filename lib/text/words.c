/* words.c: words in one by one, a text of them out that n-grams are read from.
 * For analyze and what comes after it. */
#include "text/words.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"

void sm_words_free(sm_words *words)
{
    sm_free(words->bytes);
    sm_free(words->words);
    *words = (sm_words){0};
}

void sm_words_clear(sm_words *words)
{
    words->used = 0;
    words->count = 0;
}

sm_status sm_words_reserve(sm_words *words, size_t size)
{
    size_t wanted;
    if (!sm_size_add(words->used, size, &wanted) ||
        !sm_size_add(wanted, 1, &wanted))
        return sm_fail_memory();
    if (wanted <= words->bytes_capacity) return SIAMESE_OK;
    char *const grown =
        sm_grow(words->bytes, &words->bytes_capacity, wanted, 1);
    if (grown == NULL) return sm_fail_memory();
    words->bytes = grown;
    return SIAMESE_OK;
}

sm_status sm_words_add(sm_words *words, size_t size)
{
    if (words->count == words->words_capacity) {
        sm_word *const grown = sm_grow(words->words, &words->words_capacity,
                                       words->count + 1, sizeof *words->words);
        if (grown == NULL) return sm_fail_memory();
        words->words = grown;
    }
    if (words->count > 0) words->bytes[words->used++] = ' ';
    words->words[words->count++] = (sm_word){words->used, size};
    words->used += size;
    return SIAMESE_OK;
}

sm_status sm_words_push(sm_words *words, const char *bytes, size_t size)
{
    SM_RETURN_IF_ERROR(sm_words_reserve(words, size));
    if (size) memcpy(sm_words_end(words), bytes, size);
    return sm_words_add(words, size);
}

bool sm_gram_next(sm_gram_reader *reader, sm_gram *gram)
{
    const sm_words *const words = reader->words;
    for (; reader->at_width < SIAMESE_LIST_SIZE; reader->at_width++) {
        size_t const width = (size_t)reader->widths[reader->at_width];
        if (width == 0) break;
        size_t const first = reader->at_word;
        if (width > words->count || first > words->count - width) {
            reader->at_word = 0;
            continue;
        }
        const sm_word *const begin = &words->words[first];
        const sm_word *const last = &words->words[first + width - 1];
        gram->bytes = words->bytes + begin->offset;
        gram->size = last->offset + last->size - begin->offset;
        reader->at_word++;
        return true;
    }
    return false;
}

size_t sm_gram_count(const sm_words *words, const int32_t *widths)
{
    size_t count = 0;
    for (size_t i = 0; i < SIAMESE_LIST_SIZE && widths[i]; i++)
        if ((size_t)widths[i] <= words->count)
            count += words->count - (size_t)widths[i] + 1;
    return count;
}
