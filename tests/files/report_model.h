/*
 * report_model.h: what a checkpoint file with items gives beyond its handles
 * (report.h): the items, and what a model of all of it finds. write.c and
 * test_old_files.c use it.
 */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H

#include "report.h"

/* A column, a line a row; the words of a text, or the bits of a number. */
static inline void report_column(FILE *out, const siamese_items *items,
                                 const siamese_column_info *column)
{
    enum { ROWS = 12, BYTES = 4096 };
    int64_t integers[ROWS];
    double numbers[ROWS];
    size_t offsets[ROWS + 1];
    char bytes[BYTES];
    unsigned char present[ROWS];
    int64_t rows[REPORT_NUMBERS / 1024];
    size_t count;
    REPORT_TRY(siamese_items_get_rows(items, rows, REPORT_NUMBERS / 1024,
                                      &count));
    if (count > ROWS) count = ROWS;
    if (column->type == SIAMESE_COLUMN_TEXT)
        REPORT_TRY(siamese_items_get_texts(items, column->name, rows, count,
                                           offsets, bytes, BYTES, NULL,
                                           present));
    else if (column->type == SIAMESE_COLUMN_INTEGER)
        REPORT_TRY(siamese_items_get_integers(items, column->name, rows, count,
                                              integers, ROWS, present));
    else
        REPORT_TRY(siamese_items_get_numbers(items, column->name, rows, count,
                                             numbers, ROWS, present));
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s of row %" PRId64 ":", column->name, rows[i]);
        if (!present[i])
            fprintf(out, " none\n");
        else if (column->type == SIAMESE_COLUMN_TEXT)
            fprintf(out, " '%.*s'\n", (int)(offsets[i + 1] - offsets[i]),
                    bytes + offsets[i]);
        else if (column->type == SIAMESE_COLUMN_INTEGER)
            fprintf(out, " %" PRId64 "\n", integers[i]);
        else
            fprintf(out, " %a\n", numbers[i]);
    }
}

static inline void report_items(FILE *out, const siamese_items *items)
{
    siamese_items_info info = {.struct_size = sizeof info};
    siamese_column_info column = {.struct_size = sizeof column};
    siamese_column_info const title = {sizeof title, "title",
                                       SIAMESE_COLUMN_TEXT};
    REPORT_TRY(siamese_items_get_info(items, &info));
    fprintf(out, "items: %zu, ids %d, repeats %d, next row %" PRId64 "\n",
            info.count, (int)info.ids, (int)info.repeats, info.next_row);
    report_column(out, items, &title);
    for (size_t c = 0; c < info.columns; c++) {
        REPORT_TRY(siamese_items_get_column(items, c, &column));
        report_column(out, items, &column);
    }
}

/* What its search is made of, and by which weights it ranks. */
static inline void report_ranker(FILE *out, const siamese_ranker *ranker)
{
    siamese_ranker_info info = {.struct_size = sizeof info};
    siamese_ranker_feature feature = {.struct_size = sizeof feature};
    REPORT_OPTIONS(out, ranker, ranker);
    REPORT_TRY(siamese_ranker_get_info(ranker, &info));
    fprintf(out, "ranker: %zu features, learned from %" PRIu64 ", in use %d\n",
            info.features, info.learned_queries, (int)info.uses_learned);
    for (size_t i = 0; i < info.features; i++) {
        REPORT_TRY(siamese_ranker_describe_feature(ranker, i, &feature));
        fprintf(out, "weight of %s: %a\n", feature.name, feature.weight);
    }
}

static inline void report_hits(FILE *out, const siamese_model *model,
                               const char *query)
{
    siamese_hits *hits;
    REPORT_TRY(siamese_model_search_text(model, query, 5, &hits));
    const char *const corrected = siamese_hits_corrected(hits, 0);
    fprintf(out, "search '%s', corrected '%s'\n", query,
            corrected ? corrected : "");
    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++)
        fprintf(out, "hit %" PRId64 " %a %a %a '%s'\n",
                siamese_hits_rows(hits, 0)[i],
                (double)siamese_hits_scores(hits, 0)[i],
                (double)siamese_hits_vector_scores(hits, 0)[i],
                (double)siamese_hits_confidences(hits, 0)[i],
                siamese_hits_title(hits, 0, i));
    siamese_hits_free(hits);
}

/* Everything that the bundle has, and what it finds as a model if it has
 * items. */
static inline void report_whole(FILE *out, const siamese_bundle *bundle,
                                const report_data *data)
{
    static const char *const queries[] = {"wooden table", "soft couch black",
                                          "red kitchen desks", "kitchn lmap",
                                          "0.75 inch board"};
    siamese_items *items;
    siamese_ranker *ranker;
    siamese_model *model;
    report_bundle(out, bundle, data);
    if (siamese_bundle_get_items(bundle, &items)) return;
    report_items(out, items);
    siamese_items_free(items);
    if (siamese_bundle_get_ranker(bundle, &ranker) == SIAMESE_OK) {
        report_ranker(out, ranker);
        siamese_ranker_free(ranker);
    }
    REPORT_TRY(siamese_model_from_bundle(&model, bundle));
    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++)
        report_hits(out, model, queries[q]);
    siamese_model_free(model);
}

#endif
