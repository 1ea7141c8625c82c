/*
 * cli_entities.h: HTML's character references in texts, as scraped catalogues
 * and logs have them: `Contractor&#39;s` to `Contractor's`. cli_csv decodes the
 * columns of texts, search and eval their queries.
 */
#ifndef CLI_ENTITIES_H
#define CLI_ENTITIES_H

#include <siamese/siamese.h>

/* The values of --entities. */
#define CLI_ENTITIES_DECODE "decode"
#define CLI_ENTITIES_KEEP   "keep"

/* Whether they are decoded; NULL: they are. Any other name is refused. */
int cli_entities_are_decoded(const char *name);

/*
 * Decodes a text in place, each reference once, and gives its new size, which
 * is never larger. Read are &#N; and &#xN; of any character, those of 128 to
 * 159 as Windows-1252 (as browsers do), and the names of HTML 4 and &apos;. All
 * else, a name without its semicolon too, is text and stays.
 */
size_t cli_entities_decode(char *text, size_t size);

/* A copy, decoded or not, with a NUL behind it; its data is to be freed. */
siamese_text cli_entities_copy(siamese_text text, int decodes);

#endif
