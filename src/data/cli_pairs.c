/* cli_pairs.c: what pairs are, told to people, and freed. */
#include "data/cli_pairs.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"

void cli_pairs_free(cli_pairs *p)
{
    cli_items_free(&p->items);
    cli_strings_free(&p->ids);
    cli_strings_free(&p->queries);
    cli_relevance_free(&p->relevance);
    free(p->list);
    free(p->low);
    free(p->min_relevance);
    free(p->row_numbers);
    for (size_t i = 0; i < CLI_ROLE_COUNT; i++) free(p->columns[i]);
    memset(p, 0, sizeof *p);
}

int cli_pairs_have_ids(const cli_pairs *p)
{
    return p->columns[CLI_ROLE_ID] != NULL;
}

int cli_pairs_take_all(const cli_pairs *p)
{
    return p->threshold.kind == CLI_THRESHOLD_NONE;
}

static void tell_columns(const cli_pairs *p)
{
    static const char *const names[CLI_ROLE_COUNT] = {"id", "item", "query",
                                                      "relevance"};
    char *text = cli_format("%s", "");

    for (size_t i = 0; i < CLI_ROLE_COUNT; i++) {
        if (!p->columns[i]) continue;
        char *const more = cli_format("%s%s%s '%s'", text, *text ? ", " : "",
                                      names[i], p->columns[i]);
        free(text);
        text = more;
    }
    cli_note("columns: %s", text);
    if (!p->columns[CLI_ROLE_ID] && !p->row_numbers)
        cli_note("no column of item ids: items are told apart by their %s%s",
                 p->items.further > 0 ? "fields" : "titles",
                 cli_has_option("id-column") ? "; --id-column NAME names one"
                                             : "");
    free(text);
}

void cli_pairs_tell(const cli_pairs *p)
{
    tell_columns(p);
    if (p->rows > 0 && cli_pairs_take_all(p))
        cli_note("%zu rows, all positive", p->rows - p->skipped);
    else if (p->rows > 0) {
        cli_note("rows by %s:", p->columns[CLI_ROLE_RELEVANCE]);
        cli_relevance_tell(&p->relevance);
        cli_note("%zu rows, %zu positive (relevance >= %s)",
                 p->rows - p->skipped, p->count, p->min_relevance);
    }
    if (p->low_count > 0)
        cli_note("%zu rows are explicit negatives", p->low_count);
    if (p->catalogue_rows > 0)
        cli_note("%zu rows in the catalogue", p->catalogue_rows);
    cli_note("%zu items", cli_items_count(&p->items));
}
