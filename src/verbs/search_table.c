/* search_table.c: hits and a width in, a table out. For search_output.c. */
#include "verbs/search_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_terminal.h"
#include "terminal/cli_text.h"
#include "verbs/search_explain.h"
#include "verbs/search_hit.h"

enum { GAP = 2, LEAST_TITLE = 16 };

/* The columns of the table, in columns of the terminal. */
typedef struct table_shape {
    size_t rank, id, score, title; /* id 0: it is left out */
    size_t columns;
} table_shape;

static size_t digits_of(const siamese_hits *hits, size_t i)
{
    return (size_t)snprintf(NULL, 0, "%.4f",
                            (double)siamese_hits_scores(hits, 0)[i]);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Ids that are titles, as where the data had none, stand there once. Others are
 * whole, unless that would leave no room for titles. */
static table_shape shape_of(const siamese_hits *hits, size_t columns)
{
    size_t const count = siamese_hits_count(hits, 0);
    table_shape t = {.columns = columns};
    int are_titles = 1;
    char printed[24];

    t.rank = (size_t)snprintf(NULL, 0, "%zu", count);
    for (size_t i = 0; i < count; i++) {
        siamese_text const id = search_hit_id(hits, i, printed);
        siamese_text const title = search_hit_title(hits, i);
        t.id = larger(t.id, cli_text_width(id));
        t.score = larger(t.score, digits_of(hits, i));
        are_titles &=
            id.size == title.size && memcmp(id.data, title.data, id.size) == 0;
    }
    size_t const fixed = t.rank + GAP + t.score + GAP;
    size_t const room = columns > fixed ? columns - fixed : 0;
    if (are_titles) t.id = 0;
    if (t.id > 0 && t.id + GAP + LEAST_TITLE > room) {
        size_t const least = room / 3;
        t.id = t.id < least ? t.id : larger(least, 1);
    }
    size_t const taken = t.id ? t.id + GAP : 0;
    t.title = room > taken ? room - taken : 0;
    return t;
}

static void print_colored(cli_color color, const char *text)
{
    fputs(cli_terminal_color(STDOUT_FILENO, color), stdout);
    fputs(text, stdout);
    fputs(cli_terminal_color(STDOUT_FILENO, CLI_PLAIN), stdout);
}

static void print_row(const siamese_hits *hits, size_t i, const table_shape *t)
{
    char printed[64];

    snprintf(printed, sizeof printed, "%*zu", (int)t->rank, i + 1);
    print_colored(CLI_DIM, printed);
    if (t->id) {
        printf("%*s", GAP, "");
        cli_text_print_padded(stdout, search_hit_id(hits, i, printed), t->id);
    }
    snprintf(printed, sizeof printed, "%*s%*.4f", GAP, "", (int)t->score,
             (double)siamese_hits_scores(hits, 0)[i]);
    print_colored(CLI_CYAN, printed);
    if (t->title > 0) {
        printf("%*s", GAP, "");
        cli_text_print(stdout, search_hit_title(hits, i), t->title);
    }
    putchar('\n');
}

/* Pairs of a number and a name, which stay on one line. */
static void print_shares(const siamese_hits *hits, size_t i,
                         const table_shape *t)
{
    char *const shares = search_explain_text(hits, i);
    size_t const indent = t->rank + GAP;
    size_t at = 0;

    fputs(cli_terminal_color(STDOUT_FILENO, CLI_DIM), stdout);
    for (char *share = shares; *share;) {
        char *const name = strchr(share, ' ');
        size_t const size =
            name ? (size_t)(name - share) + 1 + strcspn(name + 1, " ")
                 : strlen(share);
        if (at > 0 && at + GAP + size > t->columns) {
            putchar('\n');
            at = 0;
        }
        at += (size_t)printf("%*s%.*s", (int)(at ? GAP : indent), "", (int)size,
                             share);
        share += size + (share[size] == ' ');
    }
    puts(cli_terminal_color(STDOUT_FILENO, CLI_PLAIN));
    free(shares);
}

void search_table_print(const siamese_hits *hits, int explains, size_t columns)
{
    table_shape const shape = shape_of(hits, columns);

    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++) {
        print_row(hits, i, &shape);
        if (explains) print_shares(hits, i, &shape);
    }
}
