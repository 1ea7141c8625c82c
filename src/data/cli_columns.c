/* cli_columns.c: a header and the user's names in, which column is what out.
 * For every reader of CSV files. */
#include "data/cli_columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"

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
    "id-column", "item-column", "query-column", "relevance-column"};

static const char *const meanings[CLI_ROLE_COUNT] = {
    "the id of an item", "the text of an item", "the query", "the relevance"};

/* ------------------------------------------------------------------------- */
/* Names                                                                     */
/* ------------------------------------------------------------------------- */

/* Bytes of a space or mark that cannot be seen, in UTF-8: no-break space, zero
 * width space, byte order mark. */
static size_t invisible(siamese_text rest)
{
    static const char *const marks[] = {"\xc2\xa0", "\xe2\x80\x8b",
                                        "\xef\xbb\xbf"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (rest.size >= strlen(marks[i]) &&
            memcmp(rest.data, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 0;
}

/* Letters, of other alphabets too, and digits alone, in lower case. */
static void plain(siamese_text name, char out[MAX_NAME])
{
    size_t size = 0;

    for (size_t i = 0; i < name.size && size < MAX_NAME - 1; i++) {
        unsigned char const c = (unsigned char)name.data[i];
        size_t const skipped =
            invisible((siamese_text){name.data + i, name.size - i});
        if (skipped)
            i += skipped - 1;
        else if (isalnum(c) || c >= 0x80)
            out[size++] = (char)tolower(c);
    }
    out[size] = '\0';
}

static siamese_text text_of(const char *name)
{
    return (siamese_text){name, strlen(name)};
}

int cli_column_same(const char *a, const char *b)
{
    char x[MAX_NAME], y[MAX_NAME];

    plain(text_of(a), x);
    plain(text_of(b), y);
    return *x && strcmp(x, y) == 0;
}

/* Whether `name`, which is plain, is one of those joined by | in `rank`. */
static int is_of_rank(const char *rank, const char *name)
{
    char known[MAX_NAME];

    for (const char *at = rank; *at; at += *at == '|') {
        size_t const size = strcspn(at, "|");
        plain((siamese_text){at, size}, known);
        if (strcmp(known, name) == 0) return 1;
        at += size;
    }
    return 0;
}

int cli_column_is_there(const cli_csv *csv, cli_role role)
{
    char name[MAX_NAME];

    for (size_t i = 0; i < cli_csv_column_count(csv); i++) {
        plain(cli_csv_header(csv)[i], name);
        for (size_t rank = 0; rank < MAX_RANKS && ranks[role][rank]; rank++)
            if (is_of_rank(ranks[role][rank], name)) return 1;
    }
    return 0;
}

/* ------------------------------------------------------------------------- */
/* Messages                                                                  */
/* ------------------------------------------------------------------------- */

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

/* "; --id-column NAME names it" if the verb has the option; to be freed. */
static char *advice(const char *prefix, const char *option, const char *does)
{
    char *const name = cli_format("%s%s", prefix ? prefix : "", option);
    char *const text = cli_has_option(name)
                           ? cli_format("; --%s NAME %s", name, does)
                           : cli_format("%s", "");

    free(name);
    return text;
}

static _Noreturn void fail_two(const cli_csv *csv, cli_role role,
                               const cli_column_wish *wish, size_t a, size_t b)
{
    const char *const first = cli_csv_header(csv)[a].data;
    const char *const second = cli_csv_header(csv)[b].data;
    int const can_choose = strcmp(first, second) != 0;

    cli_fail("%s: columns '%s' (%zu) and '%s' (%zu) could both be %s%s; the "
             "header is: %s",
             cli_csv_name(csv), first, a + 1, second, b + 1, meanings[role],
             can_choose ? advice(wish->prefix, options[role], "chooses")
                        : "; no option tells equal names apart",
             header_text(csv));
}

/* A file of items alone is no data to train on, but a catalogue. */
static const char *catalogue_hint(const cli_csv *csv, cli_role role,
                                  const cli_column_wish *wish)
{
    return role == CLI_ROLE_QUERY && !wish->prefix &&
                   cli_has_option("catalogue") &&
                   cli_column_is_there(csv, CLI_ROLE_ITEM)
               ? "; items without queries are read by --catalogue FILE"
               : "";
}

static _Noreturn void fail_none(const cli_csv *csv, cli_role role,
                                const cli_column_wish *wish)
{
    cli_fail("%s: no column for %s is found (such as '%.*s')%s%s; the header "
             "is: %s",
             cli_csv_name(csv), meanings[role],
             (int)strcspn(ranks[role][0], "|"), ranks[role][0],
             advice(wish->prefix, options[role], "names it"),
             catalogue_hint(csv, role, wish), header_text(csv));
}

/* ------------------------------------------------------------------------- */
/* Columns                                                                   */
/* ------------------------------------------------------------------------- */

/* Two columns of this name; -1: none, or one, which is *found. */
static int find_two(const cli_csv *csv, const char *name, int is_exact,
                    int *found)
{
    *found = -1;
    for (size_t i = 0; i < cli_csv_column_count(csv); i++) {
        const char *const column = cli_csv_header(csv)[i].data;
        if (is_exact ? strcmp(column, name) != 0
                     : !cli_column_same(column, name))
            continue;
        if (*found >= 0) return (int)i;
        *found = (int)i;
    }
    return -1;
}

/* The column of this name as it stands, else by letters and digits; -1:
 * none. */
static int find_named(const cli_csv *csv, cli_role role, const char *name,
                      const cli_column_wish *wish)
{
    int found = -1;

    for (int is_exact = 1; found < 0 && is_exact >= 0; is_exact--) {
        int const second = find_two(csv, name, is_exact, &found);
        if (second >= 0)
            fail_two(csv, role, wish, (size_t)found, (size_t)second);
    }
    return found;
}

static int find_by_rank(const cli_csv *csv, cli_role role, const char *rank,
                        const cli_column_wish *wish)
{
    char name[MAX_NAME];
    int found = -1;

    for (size_t i = 0; i < cli_csv_column_count(csv); i++) {
        plain(cli_csv_header(csv)[i], name);
        if (!is_of_rank(rank, name)) continue;
        if (wish->avoided &&
            cli_column_same(cli_csv_header(csv)[i].data, wish->avoided))
            continue;
        if (found >= 0) fail_two(csv, role, wish, (size_t)found, i);
        found = (int)i;
    }
    return found;
}

int cli_column_named(const cli_csv *csv, const char *name, const char *option)
{
    int found = -1;

    for (int is_exact = 1; found < 0 && is_exact >= 0; is_exact--) {
        int const second = find_two(csv, name, is_exact, &found);
        if (second >= 0)
            cli_fail("%s: columns %d and %d are both named '%s'; the header "
                     "is: %s",
                     cli_csv_name(csv), found + 1, second + 1, name,
                     header_text(csv));
    }
    if (found < 0)
        cli_fail("%s: there is no column '%s' %s%s; the header is: %s",
                 cli_csv_name(csv), name,
                 strcmp(option, "field") == 0 ? "for a field of the items"
                                              : "(--column)",
                 strcmp(option, "field") == 0 && cli_has_option("field")
                     ? "; --field NAME names it"
                     : "",
                 header_text(csv));
    return found;
}

void cli_column_spell(const char *column, char *name, size_t size)
{
    size_t used = strlen(name);

    for (const char *c = column; *c && used < size - 1; c++)
        if ((isalnum((unsigned char)*c) && (unsigned char)*c < 0x80) ||
            *c == '_')
            name[used++] = (char)tolower((unsigned char)*c);
        else if (used == 0 || name[used - 1] != '_')
            name[used++] = '_';
    name[used] = '\0';
}

int cli_column_find(const cli_csv *csv, cli_role role, cli_column_wish wish)
{
    int found = -1;

    if (wish.named) {
        found = find_named(csv, role, wish.named, &wish);
        if (found < 0)
            cli_fail("%s: there is no column '%s' (--%s%s); the header is: %s",
                     cli_csv_name(csv), wish.named,
                     wish.prefix ? wish.prefix : "", options[role],
                     header_text(csv));
        return found;
    }
    if (wish.trained) found = find_named(csv, role, wish.trained, &wish);
    for (size_t i = 0; found < 0 && i < MAX_RANKS && ranks[role][i]; i++)
        found = find_by_rank(csv, role, ranks[role][i], &wish);
    if (found < 0 && !wish.is_optional) fail_none(csv, role, &wish);
    return found;
}
