/* search_hit.c: hits in, ids and titles out. For what prints them. */
#include "verbs/search_hit.h"

#include <stdio.h>
#include <string.h>

/* Ids and titles that the command writes have no NUL in them. */
static siamese_text text_of(const char *text)
{
    return (siamese_text){text, strlen(text)};
}

siamese_text search_hit_id(const siamese_hits *hits, size_t i, char printed[24])
{
    const char *const text = siamese_hits_text_id(hits, 0, i);

    if (text) return text_of(text);
    snprintf(printed, 24, "%lld", (long long)siamese_hits_ids(hits, 0)[i]);
    return text_of(printed);
}

siamese_text search_hit_title(const siamese_hits *hits, size_t i)
{
    return text_of(siamese_hits_title(hits, 0, i));
}
