/* search_output.c: a query and its hits in, lines on standard output out. For
 * siamese search. */
#include "verbs/search_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_cell.h"
#include "shell/cli_json.h"
#include "shell/cli_message.h"
#include "shell/cli_stdio.h"
#include "shell/cli_terminal.h"
#include "terminal/cli_text.h"
#include "verbs/search_explain.h"
#include "verbs/search_hit.h"
#include "verbs/search_table.h"

search_format search_format_of(const char *name)
{
    static const char *const names[] = {[SEARCH_TABLE] = "table",
                                        [SEARCH_TSV] = "tsv",
                                        [SEARCH_CSV] = "csv",
                                        [SEARCH_JSON] = "json",
                                        [SEARCH_TREC] = "trec"};
    int format = 0;

    while (format < SEARCH_FORMAT_COUNT && strcmp(names[format], name) != 0)
        format++;
    return (search_format)format;
}

static siamese_text text_of(const char *text)
{
    return (siamese_text){text, strlen(text)};
}

/* ------------------------------------------------------------------------- */
/* JSON                                                                      */
/* ------------------------------------------------------------------------- */

static json_t *json_text(siamese_text text)
{
    return json_stringn(text.data, text.size);
}

static json_t *json_hit(const search_output *output, const siamese_hits *hits,
                        size_t i)
{
    char printed[24];
    json_t *const hit =
        json_pack("{s:I, s:o, s:f, s:o}", "rank", (json_int_t)(i + 1), "id",
                  json_text(search_hit_id(hits, i, printed)), "score",
                  (double)siamese_hits_scores(hits, 0)[i], "title",
                  json_text(search_hit_title(hits, i)));

    if (output->explains) search_explain_json(hits, i, hit);
    return hit;
}

static void print_json(const search_output *output, siamese_text query,
                       const siamese_hits *hits)
{
    json_t *const results = json_array();
    json_t *const object =
        json_pack("{s:o, s:o}", "query", json_text(query), "results", results);

    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++)
        json_array_append_new(results, json_hit(output, hits, i));
    if (!siamese_hits_known(hits, 0))
        json_object_set_new(object, "no_known_word", json_true());
    if (siamese_hits_corrected(hits, 0))
        json_object_set_new(
            object, "searched_also_for",
            json_text(text_of(siamese_hits_corrected(hits, 0))));
    cli_json_print(object);
}

/* ------------------------------------------------------------------------- */
/* Lines                                                                     */
/* ------------------------------------------------------------------------- */

/* A text on one line: what would end a column or a row becomes a space. */
static void print_flat(siamese_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char const c = text.data[i];
        putchar(c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
    }
}

/* Which query a block answers: `# 2`, tab, its text. A lone argument's block
 * has no such line; a line of standard input has it, since more may come. */
static void print_heading(const search_output *output, siamese_text query)
{
    if (output->queries > 0) putchar('\n');
    if (!output->are_named) return;
    printf("# %zu\t", output->queries + 1);
    print_flat(query);
    putchar('\n');
}

static void print_tsv(const search_output *output, siamese_text query,
                      const siamese_hits *hits)
{
    char printed[24];

    print_heading(output, query);
    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++) {
        printf("%zu\t", i + 1);
        print_flat(search_hit_id(hits, i, printed));
        printf("\t%.6f\t", (double)siamese_hits_scores(hits, 0)[i]);
        print_flat(search_hit_title(hits, i));
        putchar('\n');
        if (!output->explains) continue;
        char *const shares = search_explain_text(hits, i);
        printf("\t%s\n", shares);
        free(shares);
    }
}

static void print_trec(const search_output *output, const siamese_hits *hits)
{
    char printed[24];

    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++) {
        printf("%zu Q0 ", output->queries + 1);
        print_flat(search_hit_id(hits, i, printed));
        printf(" %zu %.9g siamese\n", i + 1,
               (double)siamese_hits_scores(hits, 0)[i]);
    }
}

static void print_csv(const search_output *output, siamese_text query,
                      const siamese_hits *hits)
{
    char printed[24];

    if (output->queries == 0)
        printf("query,rank,id,score,title%s\n",
               output->explains ? ",vector_score,confidence,shares" : "");
    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++) {
        cli_cell_put(stdout, query);
        printf(",%zu,", i + 1);
        cli_cell_put(stdout, search_hit_id(hits, i, printed));
        printf(",%.9g,", (double)siamese_hits_scores(hits, 0)[i]);
        cli_cell_put(stdout, search_hit_title(hits, i));
        if (output->explains) {
            char *const shares = search_explain_text(hits, i);
            printf(",%.9g,%.9g,",
                   (double)siamese_hits_vector_scores(hits, 0)[i],
                   (double)siamese_hits_confidences(hits, 0)[i]);
            cli_cell_put(stdout, text_of(shares));
            free(shares);
        }
        putchar('\n');
    }
}

/* The query, as far as it fits, but where it was typed just above. */
static void print_table(const search_output *output, siamese_text query,
                        const siamese_hits *hits)
{
    size_t const columns = cli_terminal_columns(STDOUT_FILENO);

    if (!output->is_session && output->are_named) {
        if (output->queries > 0) putchar('\n');
        fputs(cli_terminal_color(STDOUT_FILENO, CLI_BOLD), stdout);
        cli_text_print(stdout, query, columns);
        puts(cli_terminal_color(STDOUT_FILENO, CLI_PLAIN));
    }
    search_table_print(hits, output->explains, columns);
}

/* ------------------------------------------------------------------------- */
/* The whole                                                                 */
/* ------------------------------------------------------------------------- */

/* What is found wanting in a query; which one, where it does not stand just
 * above. */
static void tell(const search_output *output, const siamese_hits *hits)
{
    char which[40] = "";

    if (!output->is_session)
        snprintf(which, sizeof which, "query %zu: ", output->queries + 1);
    if (!siamese_hits_known(hits, 0))
        cli_note("%sthe model knows no word of it, its vector is zero: "
                 "no results",
                 which);
    else if (output->is_session && siamese_hits_count(hits, 0) == 0)
        cli_note("no results");
    if (siamese_hits_corrected(hits, 0))
        cli_note("%ssearched also for: %s", which,
                 siamese_hits_corrected(hits, 0));
}

void search_output_print(search_output *output, siamese_text query,
                         const siamese_hits *hits)
{
    tell(output, hits);
    switch (output->format) {
    case SEARCH_JSON:
        print_json(output, query, hits);
        break;
    case SEARCH_TREC:
        print_trec(output, hits);
        break;
    case SEARCH_CSV:
        print_csv(output, query, hits);
        break;
    case SEARCH_TABLE:
        print_table(output, query, hits);
        break;
    default:
        print_tsv(output, query, hits);
    }
    output->queries++;
    cli_stdio_flush();
}
