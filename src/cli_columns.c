#include "cli_columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli_memory.h"
#include "cli_message.h"

enum { MAX_RANKS = 12, MAX_NAME = 128 };

/* Of each role: names from the most specific on; those of one rank are equally
 * good and stand in one string. Shown by CLI_COLUMN_HELP. */
static const char *const ranks[CLI_ROLE_COUNT][MAX_RANKS] = {
    [CLI_ROLE_ID] = {"product_uid", "product_id|item_id", "uniq_id",
                     "posting_id", "sku", "asin", "uid",
                     "docid|doc_id|document_id", "id"},
    [CLI_ROLE_ITEM] = {"product_title|item_title", "title",
                       "product_name|item_name", "name", "product|item",
                       "product_text|item_text", "text",
                       "product_description|description"},
    [CLI_ROLE_QUERY] = {"search_term", "query", "search_query|query_text", "q",
                        "keywords|keyword", "search", "question"},
    [CLI_ROLE_RELEVANCE] = {"relevance", "median_relevance", "rating", "grade",
                            "score", "label", "esci_label", "gain",
                            "relevance_score|relevance_label"},
};

static const char *const options[CLI_ROLE_COUNT] = {
    "--id-column", "--item-column", "--query-column", "--relevance-column"};

static const char *const meanings[CLI_ROLE_COUNT] = {
    "the id of an item", "the text of an item", "the query", "the relevance"};

const char *cli_role_option(cli_role role)
{
    return options[role];
}

/* Lower case, no space around, and one way to join words. */
static void plain(siamese_text name, char out[MAX_NAME])
{
    size_t size = 0;

    while (name.size > 0 && isspace((unsigned char)*name.data))
        name.data++, name.size--;
    while (name.size > 0 && isspace((unsigned char)name.data[name.size - 1]))
        name.size--;
    for (size_t i = 0; i < name.size && size < MAX_NAME - 1; i++) {
        unsigned char const c = (unsigned char)name.data[i];
        out[size++] = strchr("-. ", c) && c ? '_' : (char)tolower(c);
    }
    out[size] = '\0';
}

/* Whether `name` is one of those joined by | in `rank`. */
static int is_of_rank(const char *rank, const char *name)
{
    size_t const size = strlen(name);

    for (const char *at = rank; at;
         at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strcspn(at, "|") == size && strncmp(at, name, size) == 0) return 1;
    return 0;
}

static char *header_text(const cli_csv *csv)
{
    char *text = cli_format("%s", "");

    for (size_t i = 0; i < cli_csv_column_count(csv); i++) {
        char *const more = cli_format("%s%s%s", text, i ? ", " : "",
                                      cli_csv_header(csv)[i].data);
        free(text);
        text = more;
    }
    return text;
}

static _Noreturn void fail_two(const cli_csv *csv, cli_role role, size_t a,
                               size_t b)
{
    cli_fail("%s: columns '%s' (%zu) and '%s' (%zu) could both be %s; %s NAME "
             "chooses; the header is: %s",
             cli_csv_name(csv), cli_csv_header(csv)[a].data, a + 1,
             cli_csv_header(csv)[b].data, b + 1, meanings[role], options[role],
             header_text(csv));
}

/* The column of exactly this name, -1 if there is none. */
static int find_named(const cli_csv *csv, cli_role role, const char *name)
{
    int found = -1;

    for (size_t i = 0; i < cli_csv_column_count(csv); i++) {
        if (strcmp(cli_csv_header(csv)[i].data, name) != 0) continue;
        if (found >= 0) fail_two(csv, role, (size_t)found, i);
        found = (int)i;
    }
    return found;
}

static int find_by_rank(const cli_csv *csv, cli_role role, const char *rank)
{
    char name[MAX_NAME];
    int found = -1;

    for (size_t i = 0; i < cli_csv_column_count(csv); i++) {
        plain(cli_csv_header(csv)[i], name);
        if (!is_of_rank(rank, name)) continue;
        if (found >= 0) fail_two(csv, role, (size_t)found, i);
        found = (int)i;
    }
    return found;
}

int cli_column_named(const cli_csv *csv, const char *name)
{
    int found = -1;

    for (size_t i = 0; i < cli_csv_column_count(csv); i++) {
        if (strcmp(cli_csv_header(csv)[i].data, name) != 0) continue;
        if (found >= 0)
            cli_fail("%s: columns %d and %zu are both named '%s'",
                     cli_csv_name(csv), found + 1, i + 1, name);
        found = (int)i;
    }
    if (found < 0)
        cli_fail("%s: there is no column '%s' for a field of the items; "
                 "--field NAME names it; the header is: %s",
                 cli_csv_name(csv), name, header_text(csv));
    return found;
}

int cli_column_find(const cli_csv *csv, cli_role role, const char *named,
                    const char *trained, int optional)
{
    int found = -1;

    if (named) {
        found = find_named(csv, role, named);
        if (found < 0)
            cli_fail("%s: there is no column '%s' (%s); the header is: %s",
                     cli_csv_name(csv), named, options[role], header_text(csv));
        return found;
    }
    if (trained) found = find_named(csv, role, trained);
    for (size_t i = 0; found < 0 && i < MAX_RANKS && ranks[role][i]; i++)
        found = find_by_rank(csv, role, ranks[role][i]);
    if (found < 0 && !optional)
        cli_fail("%s: no column for %s is found (such as '%.*s'); %s NAME "
                 "names it; the header is: %s",
                 cli_csv_name(csv), meanings[role],
                 (int)strcspn(ranks[role][0], "|"), ranks[role][0],
                 options[role], header_text(csv));
    return found;
}
