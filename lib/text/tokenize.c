/* tokenize.c: a text in, its tokens with their hashes out, one at a time.
 * Keras's way, for the fast look-up and for counting. */
#include "text/tokenize.h"

#include <string.h>

sm_token sm_token_of(const char *bytes, size_t size)
{
    const sm_hash_secret *const secret = sm_secret();
    uint64_t hash = secret->start;
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, size - i < 8 ? size - i : 8);
        hash = sm_secret_mix(secret, hash ^ word);
    }
    return (sm_token){NULL, (const unsigned char *)bytes, size, hash};
}

bool sm_token_equals(const sm_token *token, const char *bytes)
{
    if (token->map == NULL)
        return token->size == 0 || memcmp(token->raw, bytes, token->size) == 0;
    const unsigned char *raw = token->raw;
    for (size_t i = 0; i < token->size; i++, raw++) {
        while (token->map->to[*raw] == SM_BYTE_DELETED) raw++;
        if (token->map->to[*raw] != (unsigned char)bytes[i]) return false;
    }
    return true;
}

void sm_token_copy(const sm_token *token, char *out)
{
    if (token->map == NULL) {
        if (token->size) memcpy(out, token->raw, token->size);
        return;
    }
    const unsigned char *raw = token->raw;
    for (size_t i = 0; i < token->size; i++, raw++) {
        while (token->map->to[*raw] == SM_BYTE_DELETED) raw++;
        out[i] = (char)token->map->to[*raw];
    }
}

size_t sm_count_tokens(const sm_byte_map *map, const char *data, size_t size,
                       size_t limit)
{
    sm_token_reader reader = sm_token_reader_of(map, data, size);
    sm_token token;
    size_t count = 0;
    while (count < limit && sm_token_next(&reader, &token)) count++;
    return count;
}
