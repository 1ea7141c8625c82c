/* tokenize.h: the tokens of a text, one after the other, standardised and
 * hashed as they are read: no memory is taken and no token is copied. */
#ifndef SM_TOKENIZE_H
#define SM_TOKENIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <siamese/siamese.h>

#include "common/hash.h"
#include "text/standardize.h"

typedef struct sm_token {
    const sm_byte_map *map; /* makes its bytes of raw; NULL: raw is they */
    const unsigned char *raw;
    size_t size; /* bytes after the map */
    uint64_t hash;
} sm_token;

/*
 * The hash of a token: its bytes as little-endian words of 8, the last one
 * filled up with zeros; h = mix(h ^ word) with the secret of tables. The mix is
 * one to one, so two tokens of one size up to 8 are equal if their hashes are.
 */
enum { SM_TOKEN_EXACT_HASH = 8 };

typedef struct sm_token_reader {
    const sm_byte_map *map;
    const unsigned char *at, *end;
} sm_token_reader;

static inline sm_token_reader sm_token_reader_of(const sm_byte_map *map,
                                                 const char *data, size_t size)
{
    static const unsigned char nothing[1];
    const unsigned char *const begin =
        data ? (const unsigned char *)data : nothing;
    return (sm_token_reader){map, begin, begin + size};
}

/* The next token that is not empty; false at the end of the text. */
static inline bool sm_token_next(sm_token_reader *reader, sm_token *token)
{
    const sm_hash_secret *const secret = sm_secret();
    const uint8_t *const to = reader->map->to;
    const unsigned char *const end = reader->end;
    const unsigned char *at = reader->at;
    const unsigned char *raw = at;
    uint64_t hash = secret->start, word = 0;
    size_t size = 0;
    for (; at < end; at++) {
        uint64_t const byte = to[*at];
        if (byte == SM_BYTE_DELETED) continue;
        if (byte == SM_BYTE_SPACE) {
            if (size) break;
            raw = at + 1;
            continue;
        }
        word |= byte << (8 * (size & 7));
        if ((++size & 7) == 0) {
            hash = sm_secret_mix(secret, hash ^ word);
            word = 0;
        }
    }
    if (size & 7) hash = sm_secret_mix(secret, hash ^ word);
    reader->at = at;
    *token = (sm_token){reader->map, raw, size, hash};
    return size > 0;
}

/* The token with these very bytes, whatever they are. */
sm_token sm_token_of(const char *bytes, size_t size);

/* Whether bytes[token->size] are the token's. */
bool sm_token_equals(const sm_token *token, const char *bytes);

/* Writes the token's bytes, token->size of them. */
void sm_token_copy(const sm_token *token, char *out);

/* Tokens of a text, counted up to limit. */
size_t sm_count_tokens(const sm_byte_map *map, const char *data, size_t size,
                       size_t limit);

#endif
