/* serve_hits.h: the hits of one query as JSON: each with rank, id, score and
 * title, its columns, and, where they were asked to explain, the parts of the
 * score. */
#ifndef SERVE_HITS_H
#define SERVE_HITS_H

#include <jansson.h>
#include <siamese/siamese.h>

/* NULL: memory has run out. */
json_t *serve_hits_json(const siamese_model *model, const siamese_hits *hits,
                        int explains);

#endif
