/*
 * cli_data_options.h: rows of option tables (cli_args.h) for what several verbs
 * ask about their files in the same words. `type` is the verb's struct,
 * `member` what is filled in it.
 */
#ifndef CLI_DATA_OPTIONS_H
#define CLI_DATA_OPTIONS_H

#include "shell/cli_args.h"

#include "data/cli_columns.h"
#include "data/cli_fields.h"

/* Of the data, a const char *. */
#define CLI_ENCODING(type, member)                                             \
    CLI_TEXT("encoding", type, member, "NAME", "of the data; default UTF-8")

/* Of texts, a const char *. */
#define CLI_ENTITIES(type, member)                                             \
    CLI_TEXT("entities", type, member, "decode|keep",                          \
             "what to do about HTML's entities in texts, such as &amp; or "    \
             "&#39;; default: as the model was trained, and of a new one "     \
             "decode (preset notebook: keep)")

/* The rules of all CSV files that the verb reads, a cli_csv_rules. */
#define CLI_CSV(type, member)                                                  \
    CLI_TEXT("on-bad-row", type, member.on_bad_row, "fail|skip",               \
             "what to do about bad rows; default fail"),                       \
        CLI_TEXT(                                                              \
            "delimiter", type, member.delimiter, "CHARACTER",                  \
            "of CSV files, or its name: tab, comma, semicolon, pipe; auto "    \
            "(default): the one that splits the header and the rows alike"),   \
        CLI_TEXT(                                                              \
            "quoting", type, member.quoting, "auto|csv|none",                  \
            "whether quotes enclose fields (csv) or are text (none); auto "    \
            "(default): text in a file of tabs, and where a quoted field "     \
            "would run over a line that is a row by itself"),                  \
        CLI_ENTITIES(type, member.entities)

/* The columns of a file of pairs, a const char *[CLI_ROLE_COUNT]. */
#define CLI_PAIR_TEXT_COLUMNS(type, member)                                    \
    CLI_TEXT("query-column", type, member[CLI_ROLE_QUERY], "NAME",             \
             "column of queries"),                                             \
        CLI_TEXT("item-column", type, member[CLI_ROLE_ITEM], "NAME",           \
                 "column of item texts")
#define CLI_RELEVANCE_COLUMN(type, member)                                     \
    CLI_TEXT("relevance-column", type, member[CLI_ROLE_RELEVANCE], "NAME",     \
             "column of relevance")

/* The columns of a file of items, a cli_items_source. */
#define CLI_ITEM_COLUMNS(type, member)                                         \
    CLI_TEXT("id-column", type, member.id_column, "NAME",                      \
             "column of item ids"),                                            \
        CLI_TEXT("item-column", type, member.item_column, "NAME",              \
                 "column of item texts")
#define CLI_ITEM_FIELDS(type, member)                                          \
    CLI_CALL("field", type, member.names, "COLUMN",                            \
             "columns of the further fields, in the model's order, if they "   \
             "have other names here; may be repeated",                         \
             cli_fields_take)

#endif
