#include "text/stemmer.h"

#include <libstemmer.h>
#include <stddef.h>
#include <string.h>

#include "common/memory.h"
#include "text/utf8.h"

/* ---- what libstemmer calls for memory, by stemmer.redefine ---- */

void *sm_stemmer_malloc(size_t size);
void *sm_stemmer_calloc(size_t count, size_t size);
void *sm_stemmer_realloc(void *pointer, size_t size);
void sm_stemmer_free_memory(void *pointer);

void *sm_stemmer_malloc(size_t size)
{
    return sm_alloc(size);
}

void *sm_stemmer_calloc(size_t count, size_t size)
{
    return sm_calloc(count, size);
}

void *sm_stemmer_realloc(void *pointer, size_t size)
{
    return sm_realloc_array(pointer, size, 1);
}

void sm_stemmer_free_memory(void *pointer)
{
    sm_free(pointer);
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

static int has_stemmer(const char *name)
{
    for (const char **known = sb_stemmer_list(); *known; known++)
        if (strcmp(*known, name) == 0) return 1;
    return 0;
}

sm_status sm_stemmer_create(sm_stemmer **out, int32_t language)
{
    char name[32];
    copy_name(language, name, sizeof name);
    SM_REQUIRE(has_stemmer(name), SIAMESE_E_UNSUPPORTED,
               "vocab option stemmer: this build has none for '%s'", name);
    *out = sb_stemmer_new(name, "UTF_8");
    return *out ? SIAMESE_OK : sm_fail_memory();
}

void sm_stemmer_free(sm_stemmer *stemmer)
{
    sb_stemmer_delete(stemmer);
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

sm_status sm_stemmer_stem(sm_stemmer *stemmer, const char *word, size_t size,
                          const char **stem, size_t *stem_size)
{
    *stem = word;
    *stem_size = size;
    if (size > SM_STEM_SIZE || !is_utf8(word, size)) return SIAMESE_OK;
    const sb_symbol *const found =
        sb_stemmer_stem(stemmer, (const sb_symbol *)word, (int)size);
    if (found == NULL) return sm_fail_memory();
    int const length = sb_stemmer_length(stemmer);
    if (length > 0) {
        *stem = (const char *)found;
        *stem_size = (size_t)length;
    }
    return SIAMESE_OK;
}
