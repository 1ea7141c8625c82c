/* where.c: an expression in, its program out. For filters of items. */
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "items/where.h"
#include "items/where_match.h"

enum { MOST_BYTES = 1 << 20, SHOWN_BYTES = 40 };

/* `and`, `or`, `not` and `(` wait here for what they work on, those that bind
 * more closely on top (E. W. Dijkstra's shunting yard, 1961). */
typedef struct waiting {
    sm_where_kind kind;
    size_t at;
} waiting;

typedef struct parser {
    const sm_item_table *table;
    sm_where_words words;
    sm_where_word word; /* the next one */
    sm_where *where;
    waiting *list;
    size_t count, capacity;
} parser;

static sm_status next(parser *p)
{
    return sm_where_next(&p->words, &p->word);
}

/* What is expected is not what stands there. */
static sm_status fail_at(const parser *p, const char *expected)
{
    const char *const text = p->words.expression + p->word.at;
    size_t size = sm_min(p->word.size, SHOWN_BYTES);
    while (size > 0 && size < p->word.size && (text[size] & 0xc0) == 0x80)
        size--; /* not within a character */
    if (p->word.kind == SM_WHERE_END)
        return sm_fail(SIAMESE_E_ARGUMENT,
                       "where: at %zu: %s is expected, but it ends there",
                       p->word.at + 1, expected);
    return sm_fail(SIAMESE_E_ARGUMENT,
                   "where: at %zu: %s is expected, not '%.*s'", p->word.at + 1,
                   expected, (int)size, text);
}

/* ---- steps and values ---- */

static sm_status add_step(parser *p, const sm_where_step *step)
{
    sm_where *const w = p->where;
    sm_where_step *const larger =
        sm_grow(w->steps, &w->step_capacity, w->step_count + 1, sizeof *larger);
    if (larger == NULL) return sm_fail_memory();
    w->steps = larger;
    larger[w->step_count++] = *step;
    return SIAMESE_OK;
}

/* The column that the word names, and its type. */
static sm_status find_column(parser *p, sm_where_step *step)
{
    const char *const name = p->word.text.data;
    if (p->word.kind != SM_WHERE_NAME) return fail_at(p, "a column's name");
    step->type = SIAMESE_COLUMN_TEXT;
    if (strcmp(name, "title") == 0) {
        step->column = SM_COLUMN_TITLE;
    } else if (strcmp(name, "id") == 0) {
        step->column = SM_COLUMN_ID;
        if (p->table->ids == SIAMESE_IDS_INTEGER)
            step->type = SIAMESE_COLUMN_INTEGER;
    } else {
        size_t const c = sm_item_table_column(p->table, name);
        SM_REQUIRE(c != SIZE_MAX, SIAMESE_E_NOT_FOUND,
                   "where: at %zu: the items have no column '%.80s'",
                   p->word.at + 1, name);
        step->column = (int64_t)c;
        step->type = p->table->columns[c].type;
    }
    return next(p);
}

/* The word is a value that can be held against the step's column. */
static sm_status take_value(parser *p, sm_where_step *step)
{
    sm_where *const w = p->where;
    bool const is_text = p->word.kind == SM_WHERE_TEXT;
    if (!is_text && p->word.kind != SM_WHERE_NUMBER)
        return fail_at(p, p->word.kind == SM_WHERE_NAME
                              ? "a number, or a text in quotes,"
                              : "a number or a text");
    SM_REQUIRE(!is_text || step->type == SIAMESE_COLUMN_TEXT, SIAMESE_E_STATE,
               "where: at %zu: the column is one of %s, and this is a text",
               p->word.at + 1, sm_item_type_name(step->type));
    SM_REQUIRE(step->count == 0 || w->values[step->first].is_text == is_text,
               SIAMESE_E_STATE,
               "where: at %zu: this is a %s, those before it are %ss",
               p->word.at + 1, is_text ? "text" : "number",
               is_text ? "number" : "text");
    sm_where_value *const larger = sm_grow(w->values, &w->value_capacity,
                                           w->value_count + 1, sizeof *larger);
    if (larger == NULL) return sm_fail_memory();
    w->values = larger;
    if (step->count++ == 0) step->first = w->value_count;
    larger[w->value_count++] = (sm_where_value){
        .is_text = is_text, .text = p->word.text, .number = p->word.number};
    return next(p);
}

/* ---- tests ---- */

static int by_order(const void *a, const void *b)
{
    return sm_where_order(a, b);
}

/* "in" has been read: a list of values between ( and ). */
static sm_status take_list(parser *p, sm_where_step *step)
{
    step->kind = SM_WHERE_STEP_IN;
    if (p->word.kind != SM_WHERE_OPEN) return fail_at(p, "(");
    do {
        SM_RETURN_IF_ERROR(next(p));
        SM_RETURN_IF_ERROR(take_value(p, step));
    } while (p->word.kind == SM_WHERE_COMMA);
    if (p->word.kind != SM_WHERE_CLOSE) return fail_at(p, ", or )");
    qsort(p->where->values + step->first, step->count, sizeof *p->where->values,
          by_order);
    return next(p);
}

/* "is" has been read. */
static sm_status take_missing(parser *p, sm_where_step *step, bool *negates)
{
    step->kind = SM_WHERE_STEP_MISSING;
    if (p->word.kind == SM_WHERE_NOT) {
        *negates = true;
        SM_RETURN_IF_ERROR(next(p));
    }
    if (p->word.kind != SM_WHERE_MISSING)
        return fail_at(p, *negates ? "missing" : "missing, or not missing,");
    return next(p);
}

/* NAME = VALUE, NAME [not] in (VALUE, ...), NAME is [not] missing. */
static sm_status take_test(parser *p)
{
    sm_where_step const negation = {.kind = SM_WHERE_STEP_NOT};
    sm_where_step step = {.kind = SM_WHERE_STEP_COMPARE};
    bool negates = false;

    SM_RETURN_IF_ERROR(find_column(p, &step));
    sm_where_kind const kind = p->word.kind;
    step.orders = p->word.orders;
    if (kind == SM_WHERE_NOT) {
        negates = true;
        SM_RETURN_IF_ERROR(next(p));
        if (p->word.kind != SM_WHERE_IN) return fail_at(p, "in");
    } else if (kind != SM_WHERE_COMPARISON && kind != SM_WHERE_IN &&
               kind != SM_WHERE_IS)
        return fail_at(p, "a comparison, in, or is,");
    SM_RETURN_IF_ERROR(next(p));
    SM_RETURN_IF_ERROR(kind == SM_WHERE_COMPARISON ? take_value(p, &step)
                       : kind == SM_WHERE_IS ? take_missing(p, &step, &negates)
                                             : take_list(p, &step));
    SM_RETURN_IF_ERROR(add_step(p, &step));
    return negates ? add_step(p, &negation) : SIAMESE_OK;
}

/* ---- what joins them ---- */

/* The word waits for what it works on. Not wait: macOS declares that. */
static sm_status hold(parser *p)
{
    waiting *const larger =
        sm_grow(p->list, &p->capacity, p->count + 1, sizeof *larger);
    if (larger == NULL) return sm_fail_memory();
    p->list = larger;
    larger[p->count++] = (waiting){p->word.kind, p->word.at};
    return next(p);
}

/* How closely a word binds; ( stays until it is closed. */
static int binding(sm_where_kind kind)
{
    return kind == SM_WHERE_NOT   ? 3
           : kind == SM_WHERE_AND ? 2
           : kind == SM_WHERE_OR  ? 1
                                  : 0;
}

/* Those that bind at least so closely have all that they work on. */
static sm_status settle(parser *p, int least)
{
    while (p->count > 0 && binding(p->list[p->count - 1].kind) >= least) {
        sm_where_kind const kind = p->list[--p->count].kind;
        sm_where_step const step = {
            .kind = kind == SM_WHERE_NOT   ? SM_WHERE_STEP_NOT
                    : kind == SM_WHERE_AND ? SM_WHERE_STEP_AND
                                           : SM_WHERE_STEP_OR};
        SM_RETURN_IF_ERROR(add_step(p, &step));
    }
    return SIAMESE_OK;
}

static sm_status close_brackets(parser *p)
{
    while (p->word.kind == SM_WHERE_CLOSE) {
        SM_RETURN_IF_ERROR(settle(p, 1));
        if (p->count == 0) return fail_at(p, "and, or, or the end");
        p->count--;
        SM_RETURN_IF_ERROR(next(p));
    }
    return SIAMESE_OK;
}

static sm_status parse(parser *p)
{
    SM_RETURN_IF_ERROR(next(p));
    for (;;) {
        while (p->word.kind == SM_WHERE_NOT || p->word.kind == SM_WHERE_OPEN)
            SM_RETURN_IF_ERROR(hold(p));
        SM_RETURN_IF_ERROR(take_test(p));
        SM_RETURN_IF_ERROR(close_brackets(p));
        if (p->word.kind != SM_WHERE_AND && p->word.kind != SM_WHERE_OR) break;
        SM_RETURN_IF_ERROR(settle(p, binding(p->word.kind)));
        SM_RETURN_IF_ERROR(hold(p));
    }
    if (p->word.kind != SM_WHERE_END) return fail_at(p, "and, or, or the end");
    SM_RETURN_IF_ERROR(settle(p, 1));
    SM_REQUIRE(p->count == 0, SIAMESE_E_ARGUMENT,
               "where: at %zu: the ( is not closed",
               p->list[p->count - 1].at + 1);
    return SIAMESE_OK;
}

/* ---- the whole ---- */

void sm_where_free(sm_where *where)
{
    if (where == NULL) return;
    sm_free(where->steps);
    sm_free(where->values);
    sm_free(where->bytes);
    sm_free(where->truth);
    sm_free(where);
}

sm_status sm_where_create(sm_where **out, const sm_item_table *table,
                          const char *expression)
{
    sm_status status = SIAMESE_OK;
    parser p = {.table = table};
    size_t const size = strlen(expression);

    SM_REQUIRE(size <= MOST_BYTES, SIAMESE_E_LIMIT,
               "where: it has %zu bytes, %d are allowed", size, MOST_BYTES);
    p.where = sm_calloc(1, sizeof *p.where);
    SM_CHECK_MEMORY(p.where);
    p.where->bytes = sm_alloc(size + 2);
    SM_CHECK_MEMORY(p.where->bytes);
    p.words =
        (sm_where_words){.expression = expression, .bytes = p.where->bytes};
    SM_TRY(parse(&p));
    p.where->truth = sm_alloc(p.where->step_count);
    SM_CHECK_MEMORY(p.where->truth);
    *out = p.where;
    p.where = NULL;
out:
    sm_where_free(p.where);
    sm_free(p.list);
    return status;
}
