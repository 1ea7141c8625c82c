/* packs.h: how many are sold as one, as words around a number say it in several
 * languages: 4-pack, 4er Pack, lot de 4, isi 4. docs/text.md has the words. For
 * quantities. */
#ifndef SM_PACKS_H
#define SM_PACKS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The unit, "pack" or "pc", that is written around the integer whose digits are
 * points[number] up to points[*end]; NULL if there is none. *end goes past what
 * is behind the number. The points are folded.
 */
const char *sm_pack_unit(const int32_t *points, size_t count, size_t number,
                         size_t *end);

#endif
