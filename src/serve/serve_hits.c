/* serve_hits.c: hits in, an array of JSON out. For /search. */
#include "serve/serve_hits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/serve_answer.h"

/* A column as the hits have it, in the array of its type. */
typedef struct column {
    siamese_column_info info;
    siamese_text *texts;
    int64_t *integers;
    double *numbers;
    unsigned char *present;
} column;

/* ------------------------------------------------------------------------- */
/* Columns                                                                   */
/* ------------------------------------------------------------------------- */

static int make_column(column *c, size_t count)
{
    c->info.struct_size = sizeof c->info;
    c->texts = calloc(count, sizeof *c->texts);
    c->integers = calloc(count, sizeof *c->integers);
    c->numbers = calloc(count, sizeof *c->numbers);
    c->present = calloc(count, 1);
    return c->texts && c->integers && c->numbers && c->present;
}

static void free_column(column *c)
{
    free(c->texts);
    free(c->integers);
    free(c->numbers);
    free(c->present);
}

static siamese_status read_column(column *c, const siamese_hits *hits,
                                  size_t count)
{
    const char *const name = c->info.name;

    if (c->info.type == SIAMESE_COLUMN_TEXT)
        return siamese_hits_get_texts(hits, name, c->texts, c->present, count,
                                      NULL);
    if (c->info.type == SIAMESE_COLUMN_INTEGER)
        return siamese_hits_get_integers(hits, name, c->integers, c->present,
                                         count, NULL);
    return siamese_hits_get_numbers(hits, name, c->numbers, c->present, count,
                                    NULL);
}

static json_t *cell_of(const column *c, size_t i)
{
    if (!c->present[i]) return json_null();
    if (c->info.type == SIAMESE_COLUMN_TEXT)
        return serve_json_text(c->texts[i].data, c->texts[i].size);
    if (c->info.type == SIAMESE_COLUMN_INTEGER)
        return json_integer(c->integers[i]);
    return isfinite(c->numbers[i]) ? json_real(c->numbers[i]) : json_null();
}

/* The columns of the items as they are now; those that the hits, which are of
 * before, do not have are left out. */
static int put_columns(json_t *array, const siamese_items *items,
                       const siamese_hits *hits)
{
    size_t const count = json_array_size(array);
    column c = {.info = {.struct_size = sizeof c.info}};
    int bad = 0;

    if (count == 0 || siamese_items_get_column(items, 0, &c.info)) return 0;
    bad = !make_column(&c, count);
    for (size_t i = 0; !bad && i < count; i++)
        bad = json_object_set_new(json_array_get(array, i), "columns",
                                  json_object());
    for (size_t n = 0;
         !bad && siamese_items_get_column(items, n, &c.info) == SIAMESE_OK;
         n++) {
        if (read_column(&c, hits, count)) continue;
        for (size_t i = 0; !bad && i < count; i++)
            bad = json_object_set_new(
                json_object_get(json_array_get(array, i), "columns"),
                c.info.name, cell_of(&c, i));
    }
    free_column(&c);
    return bad;
}

/* ------------------------------------------------------------------------- */
/* What a score is made of                                                   */
/* ------------------------------------------------------------------------- */

/* As siamese search --explain has it. Without a ranker the score is that of the
 * vector, and there is nothing to add. */
static int put_parts(json_t *hit, const siamese_hits *hits, size_t i,
                     const siamese_ranker *names)
{
    siamese_ranker_feature feature = {.struct_size = sizeof feature};
    const float *const confidences = siamese_hits_confidences(hits, 0);
    double const vector = (double)siamese_hits_vector_scores(hits, 0)[i];
    json_t *const shares = json_object();
    size_t count = 0;
    int bad = json_object_set_new(hit, "vector_score", json_real(vector));

    if (confidences)
        bad |= json_object_set_new(hit, "confidence",
                                   json_real((double)confidences[i]));
    siamese_hits_get_shares(hits, 0, i, NULL, 0, &count);
    float *const values = calloc(count + 1, sizeof *values);
    bad |= !values;
    if (!bad &&
        siamese_hits_get_shares(hits, 0, i, values, count, NULL) == SIAMESE_OK)
        for (size_t f = 0; f < count; f++)
            if (values[f] != 0 && siamese_ranker_describe_feature(
                                      names, f, &feature) == SIAMESE_OK)
                bad |= json_object_set_new(shares, feature.name,
                                           json_real((double)values[f]));
    free(values);
    return bad | json_object_set_new(hit, "shares", shares);
}

/* ------------------------------------------------------------------------- */
/* Hits                                                                      */
/* ------------------------------------------------------------------------- */

/* A host's model may have ids that are integers; they are texts here too. */
static json_t *id_of(const siamese_hits *hits, size_t i)
{
    const char *const text = siamese_hits_text_id(hits, 0, i);
    char printed[24];

    if (text) return serve_json_text(text, strlen(text));
    snprintf(printed, sizeof printed, "%lld",
             (long long)siamese_hits_ids(hits, 0)[i]);
    return json_string(printed);
}

static json_t *hit_of(const siamese_hits *hits, size_t i)
{
    const char *const title = siamese_hits_title(hits, 0, i);
    double const score = (double)siamese_hits_scores(hits, 0)[i];

    return json_pack(
        "{s:I, s:o, s:f, s:o}", "rank", (json_int_t)(i + 1), "id",
        id_of(hits, i), "score", score, "title",
        serve_json_text(title ? title : "", title ? strlen(title) : 0));
}

json_t *serve_hits_json(const siamese_model *model, const siamese_hits *hits,
                        int explains)
{
    size_t const count = siamese_hits_count(hits, 0);
    json_t *const array = json_array();
    siamese_ranker *names = NULL;
    siamese_items *items = NULL;
    int bad = !array;

    for (size_t i = 0; !bad && i < count; i++)
        bad = json_array_append_new(array, hit_of(hits, i));
    if (!bad && siamese_model_get_items(model, &items) == SIAMESE_OK)
        bad = put_columns(array, items, hits);
    siamese_items_free(items);
    if (!bad && explains) bad = siamese_ranker_create(&names, NULL) != 0;
    for (size_t i = 0; !bad && explains && i < count; i++)
        bad = put_parts(json_array_get(array, i), hits, i, names);
    siamese_ranker_free(names);
    if (!bad) return array;
    json_decref(array);
    return NULL;
}
