/* stemmer.c: a word in, its stem out, by Snowball, with the last stems kept.
 * For analyze and compounds. */
#include "text/stemmer.h"

#include <libstemmer.h>
#include <stddef.h>
#include <string.h>

#include "common/memory.h"
#include "text/utf8.h"

/* ---- stems of the last words ---- */

enum { KEPT_BITS = 13, KEPT = 1 << KEPT_BITS, KEPT_SIZE = 15 };

/* A word that hashes to another's place takes it; size 0: nothing is there. */
typedef struct kept_stem {
    char word[KEPT_SIZE];
    unsigned char size;
    char stem[KEPT_SIZE];
    unsigned char stem_size;
} kept_stem;

struct sm_stemmer {
    struct sb_stemmer *snowball;
    kept_stem kept[KEPT];
};

/* Of a word of 1 to KEPT_SIZE bytes. */
static size_t place_of(const char *word, size_t size)
{
    uint64_t halves[2] = {0, size};
    memcpy(halves, word, size);
    uint64_t const mixed = (halves[0] * UINT64_C(0x9e3779b97f4a7c15)) ^
                           (halves[1] * UINT64_C(0xc2b2ae3d27d4eb4f));
    return (size_t)((mixed ^ mixed >> 29) * UINT64_C(0x9e3779b97f4a7c15) >>
                    (64 - KEPT_BITS));
}

static void keep(kept_stem *kept, const char *word, size_t size,
                 const char *stem, size_t stem_size)
{
    if (stem_size > KEPT_SIZE) return;
    memcpy(kept->word, word, size);
    memcpy(kept->stem, stem, stem_size);
    kept->size = (unsigned char)size;
    kept->stem_size = (unsigned char)stem_size;
}

/* ---- stemmers ---- */

/* The language's word in the list of names. */
static void copy_name(int32_t language, char *name, size_t size)
{
    const char *p = SM_STEMMER_NAMES;
    for (; language > 0; language--) p += strcspn(p, "|") + 2;
    size_t const length = strcspn(p, " |");
    name[0] = '\0';
    if (length < size) {
        memcpy(name, p, length);
        name[length] = '\0';
    }
}

static bool has_stemmer(const char *name)
{
    for (const char **known = sb_stemmer_list(); *known; known++)
        if (strcmp(*known, name) == 0) return true;
    return false;
}

sm_status sm_stemmer_create(sm_stemmer **out, int32_t language)
{
    char name[32];
    copy_name(language, name, sizeof name);
    SM_REQUIRE(has_stemmer(name), SIAMESE_E_UNSUPPORTED,
               "vocab option stemmer: this build has none for '%s'", name);
    sm_stemmer *const stemmer = sm_calloc(1, sizeof *stemmer);
    if (stemmer == NULL) return sm_fail_memory();
    stemmer->snowball = sb_stemmer_new(name, "UTF_8");
    if (stemmer->snowball == NULL) {
        sm_free(stemmer);
        return sm_fail_memory();
    }
    *out = stemmer;
    return SIAMESE_OK;
}

void sm_stemmer_free(sm_stemmer *stemmer)
{
    if (stemmer == NULL) return;
    sb_stemmer_delete(stemmer->snowball);
    sm_free(stemmer);
}

/* Snowball takes its words to be UTF-8. */
static int is_utf8(const char *word, size_t size)
{
    const unsigned char *const bytes = (const unsigned char *)word;
    size_t length;
    for (size_t i = 0; i < size; i += length) {
        int32_t const point = sm_utf8_next(bytes + i, size - i, &length);
        if (point == SM_REPLACEMENT && length < 3) return 0;
    }
    return 1;
}

static sm_status find_stem(sm_stemmer *stemmer, const char *word, size_t size,
                           const char **stem, size_t *stem_size)
{
    *stem = word;
    *stem_size = size;
    if (size > SM_STEM_SIZE || !is_utf8(word, size)) return SIAMESE_OK;
    const sb_symbol *const found =
        sb_stemmer_stem(stemmer->snowball, (const sb_symbol *)word, (int)size);
    if (found == NULL) return sm_fail_memory();
    int const length = sb_stemmer_length(stemmer->snowball);
    if (length > 0) {
        *stem = (const char *)found;
        *stem_size = (size_t)length;
    }
    return SIAMESE_OK;
}

sm_status sm_stemmer_stem(sm_stemmer *stemmer, const char *word, size_t size,
                          const char **stem, size_t *stem_size)
{
    if (size == 0 || size > KEPT_SIZE)
        return find_stem(stemmer, word, size, stem, stem_size);
    kept_stem *const kept = &stemmer->kept[place_of(word, size)];
    if (kept->size == size && memcmp(kept->word, word, size) == 0) {
        *stem = kept->stem;
        *stem_size = kept->stem_size;
        return SIAMESE_OK;
    }
    SM_RETURN_IF_ERROR(find_stem(stemmer, word, size, stem, stem_size));
    keep(kept, word, size, *stem, *stem_size);
    return SIAMESE_OK;
}
