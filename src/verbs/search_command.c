/* search_command.c: a line with a colon in, a changed request out. For
 * search_session.c. */
#include "verbs/search_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_suggest.h"
#include "shell/cli_terminal.h"
#include "shell/cli_wrap.h"

enum { INDENT = 26, LEAST_COLUMNS = 60 /* of two columns of help */ };

/* ------------------------------------------------------------------------- */
/* Those that the request has no name for                                    */
/* ------------------------------------------------------------------------- */

static void list_commands(search_commands *commands, const char *value);
static void list_values(search_commands *commands, const char *value);

/* No value: all items again. */
static void take_where(search_commands *commands, const char *value)
{
    siamese_id_filter *made = NULL;
    cli_row_filter filter = *commands->files;
    size_t found = 0;

    filter.where = *value ? value : NULL;
    if (cli_row_filter_try(&filter, commands->items, &made, &found)) {
        cli_error("%s", siamese_last_error());
        return;
    }
    commands->filters = cli_resize(commands->filters, commands->count + 1,
                                   sizeof *commands->filters);
    commands->filters[commands->count++] = made;
    commands->request->filter = made;
    if (*value)
        cli_note("%zu of %zu items pass", found,
                 siamese_items_count(commands->items));
}

static void take_format(search_commands *commands, const char *value)
{
    search_format const format = search_format_of(value);

    if (format == SEARCH_FORMAT_COUNT)
        cli_error("format: '%s' is none of " SEARCH_FORMATS, value);
    else
        commands->output->format = format;
}

static void leave(search_commands *commands, const char *value)
{
    (void)value;
    commands->is_over = 1;
}

static const struct own_command {
    const char *name, *value, *help;
    void (*run)(search_commands *commands, const char *value);
} own[] = {
    {"where", "EXPRESSION", "only items of which it is true; none: all again",
     take_where},
    {"format", SEARCH_FORMATS, "how results are printed", take_format},
    {"settings", "", "how is searched", list_values},
    {"help", "", "this list", list_commands},
    {"quit", "", "leave, as Ctrl-D does", leave},
};
enum { OWN = sizeof own / sizeof *own };

/* ------------------------------------------------------------------------- */
/* Names                                                                     */
/* ------------------------------------------------------------------------- */

/* Command i: one of ours, or one that the request has by its name. */
typedef struct command {
    char name[40]; /* with - for _ */
    const char *value, *help;
    const struct own_command *own; /* NULL: it is the request's */
    siamese_option_info info;
} command;

/* What its value is; none of a flag. */
static const char *value_of(const siamese_option_info *info)
{
    return strcmp(info->type, "flag") == 0      ? ""
           : strcmp(info->type, "integer") == 0 ? "N"
           : strcmp(info->type, "float") == 0   ? "NUMBER"
                                                : info->range;
}

static int describe(size_t i, command *c)
{
    memset(c, 0, sizeof *c);
    if (i < OWN) {
        c->own = &own[i];
        c->value = own[i].value;
        c->help = own[i].help;
        snprintf(c->name, sizeof c->name, "%s", own[i].name);
        return 1;
    }
    c->info.struct_size = sizeof c->info;
    if (siamese_search_request_describe(i - OWN, &c->info)) return 0;
    c->value = value_of(&c->info);
    c->help = c->info.help;
    snprintf(c->name, sizeof c->name, "%s", c->info.name);
    for (char *at = c->name; *at; at++)
        if (*at == '_') *at = '-';
    return 1;
}

/* The one of the name, or the first that begins with it; 0: none. */
static int find(const char *name, size_t size, command *found)
{
    command c;
    int is_there = 0;

    for (size_t i = 0; size > 0 && describe(i, &c); i++) {
        if (strncmp(c.name, name, size) != 0) continue;
        if (!is_there || c.name[size] == '\0') *found = c;
        is_there = 1;
        if (c.name[size] == '\0') return 1;
    }
    return is_there;
}

static void tell_unknown(const char *name)
{
    const char *closest = NULL;
    size_t distance = CLI_SUGGEST_NONE;
    static command c; /* of the closest name */
    char kept[sizeof c.name] = "";

    for (size_t i = 0; describe(i, &c); i++) {
        closest = NULL;
        cli_suggest(name, c.name, &closest, &distance);
        if (closest) memcpy(kept, c.name, sizeof kept);
    }
    if (*kept)
        cli_error("there is no :%s; did you mean :%s?", name, kept);
    else
        cli_error("there is no :%s; :help lists what there is", name);
}

/* ------------------------------------------------------------------------- */
/* Values                                                                    */
/* ------------------------------------------------------------------------- */

static void show_value(const search_commands *commands, const command *c)
{
    char value[64] = "";

    siamese_search_request_get(commands->request, c->info.name, value,
                               sizeof value, NULL);
    printf("%s %s\n", c->name, value);
}

/* A flag is turned by its name alone; another command shows what it is. */
static void set_value(search_commands *commands, const command *c,
                      const char *value)
{
    siamese_search_request *const r = commands->request;
    int const is_flag = strcmp(c->info.type, "flag") == 0;
    char now[8] = "";

    if (!*value && is_flag) {
        siamese_search_request_get(r, c->info.name, now, sizeof now, NULL);
        value = strcmp(now, "1") == 0 ? "0" : "1";
    } else if (is_flag && strcmp(value, "on") == 0) {
        value = "1";
    } else if (is_flag && strcmp(value, "off") == 0) {
        value = "0";
    }
    if (*value && siamese_search_request_set(r, c->info.name, value)) {
        cli_error("%s", siamese_last_error());
        return;
    }
    commands->output->explains = r->explain;
    if (!*value || is_flag) show_value(commands, c);
}

static void list_values(search_commands *commands, const char *value)
{
    command c;

    (void)value;
    for (size_t i = OWN; describe(i, &c); i++) show_value(commands, &c);
}

static void print_help(const char *left, const char *help)
{
    size_t const columns = cli_terminal_columns(STDOUT_FILENO);
    int const used = printf("%s", left);
    int const indent = columns < LEAST_COLUMNS ? 4 : INDENT;

    cli_wrap_print(help, used, indent, (int)columns);
}

static void list_commands(search_commands *commands, const char *value)
{
    command c;

    (void)commands, (void)value;
    for (size_t i = 0; describe(i, &c); i++) {
        char *const left = cli_format("  :%s %s", c.name, c.value);
        print_help(left, c.help);
        free(left);
    }
    print_help("  any other line", "is a query, also one behind a blank");
}

/* ------------------------------------------------------------------------- */
/* Lines                                                                     */
/* ------------------------------------------------------------------------- */

void search_command_run(search_commands *commands, siamese_text line)
{
    char *const text = cli_format("%.*s", (int)line.size, line.data);
    char *const name = text + 1;
    size_t const size = strcspn(name, " \t");
    command c;

    char *const value = name + size + strspn(name + size, " \t");
    if (!find(name, size, &c)) {
        name[size] = '\0';
        tell_unknown(name);
    } else if (c.own) {
        c.own->run(commands, value);
    } else {
        set_value(commands, &c, value);
    }
    free(text);
}

void search_commands_free(search_commands *commands)
{
    for (size_t i = 0; i < commands->count; i++)
        siamese_id_filter_free(commands->filters[i]);
    free(commands->filters);
}

/* ------------------------------------------------------------------------- */
/* Completion                                                                */
/* ------------------------------------------------------------------------- */

typedef struct offering {
    void (*offer)(void *place, const char *text);
    void *place;
    const char *line;
    size_t kept; /* of the line, before the word that is completed */
} offering;

/* If the word begins with what is typed. */
static void offer_word(const offering *o, const char *word, size_t size,
                       const char *behind)
{
    const char *const typed = o->line + o->kept;

    if (strlen(typed) > size || strncmp(word, typed, strlen(typed)) != 0)
        return;
    char *const text = cli_format("%.*s%.*s%s", (int)o->kept, o->line,
                                  (int)size, word, behind);
    o->offer(o->place, text);
    free(text);
}

static void offer_names(const offering *o)
{
    command c;

    for (size_t i = 0; describe(i, &c); i++)
        offer_word(o, c.name, strlen(c.name), *c.value ? " " : "");
}

/* "auto | off | on" and "table|tsv" are words; another range is none. */
static void offer_values(const offering *o, const char *range)
{
    if (!strchr(range, '|')) return;
    for (const char *at = range; *at; at += strspn(at, " |")) {
        size_t const size = strcspn(at, " |");
        offer_word(o, at, size, "");
        at += size;
    }
}

static void offer_columns(const offering *o, const siamese_items *items)
{
    siamese_items_info info = {.struct_size = sizeof info};
    siamese_column_info column = {.struct_size = sizeof column};

    cli_try(siamese_items_get_info(items, &info));
    offer_word(o, "id", 2, " ");
    offer_word(o, "title", 5, " ");
    for (size_t i = 0; i < info.columns; i++) {
        cli_try(siamese_items_get_column(items, i, &column));
        offer_word(o, column.name, strlen(column.name), " ");
    }
}

void search_command_complete(const siamese_items *items, const char *line,
                             void (*offer)(void *place, const char *text),
                             void *place)
{
    offering o = {offer, place, line, 1};
    size_t const size = strcspn(line, " ");
    const char *const blank = strrchr(line, ' ');
    command c;

    if (*line != ':') return;
    if (!blank) {
        offer_names(&o);
        return;
    }
    o.kept = (size_t)(blank - line) + 1;
    if (!find(line + 1, size - 1, &c)) return;
    if (strcmp(c.name, "where") == 0)
        offer_columns(&o, items);
    else
        offer_values(&o, c.value);
}
