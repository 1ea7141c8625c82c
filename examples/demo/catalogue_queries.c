#include "catalogue_queries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRAINING_QUERIES = 2400, HELD_BACK_QUERIES = 320, MAX_TRIES = 200000 };

/* ---- how people type ---- */

/* The shop prints accents, half of its customers do not. */
static void drop_accents(text *t)
{
    static const char *const pairs[][2] = {
        {"à", "a"}, {"ä", "a"}, {"å", "a"},   {"ç", "c"}, {"è", "e"},
        {"é", "e"}, {"ê", "e"}, {"É", "e"},   {"ñ", "n"}, {"ö", "o"},
        {"ü", "u"}, {"û", "u"}, {"½", "1/2"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        text_replace(t, pairs[i][0], pairs[i][1]);
}

static void vary_units(text *t, random_source *r)
{
    text_append_string(t, " ");
    if (random_chance(r, 40))
        text_replace(t, " in ", random_chance(r, 75) ? " inch " : "\" ");
    if (random_chance(r, 25))
        text_replace(t, " ft ", random_chance(r, 60) ? " foot " : " feet ");
    if (random_chance(r, 50)) text_replace(t, " gal ", " gallon ");
    if (random_chance(r, 30)) text_replace(t, " lb ", " pound ");
    if (random_chance(r, 20)) text_replace(t, " and ", " & ");
    t->data[--t->size] = '\0';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/*
 * Misspells one word of five plain letters or more. A word is always
 * misspelt alike: slips are habits, so that a log holds them repeatedly.
 */
static void slip(text *t, random_source *r)
{
    const int start = random_below(r, (int)t->size);
    size_t from = (size_t)start, to, at, sum = 0;

    while (from > 0 && is_lower(t->data[from - 1])) from--;
    for (to = from; is_lower(t->data[to]); to++)
        sum += (size_t)(unsigned char)t->data[to];
    if (to - from < 5) return;
    at = from + 1 + sum % (to - from - 3);
    if (sum % 3 == 0) { /* two letters change places */
        const char c = t->data[at];
        t->data[at] = t->data[at + 1];
        t->data[at + 1] = c;
    } else if (sum % 3 == 1 && t->data[at] != t->data[at + 1]) {
        /* a letter is left out */
        memmove(t->data + at, t->data + at + 1, t->size - at);
        t->size--;
    } else { /* a letter is doubled */
        const char c = t->data[at];
        text end;
        text_clear(&end);
        text_append_string(&end, t->data + at);
        t->data[t->size = at] = '\0';
        text_append(t, &c, 1);
        text_append_string(t, end.data);
    }
}

static void upper_case(text *t)
{
    drop_accents(t);
    for (size_t i = 0; i < t->size; i++)
        if (is_lower(t->data[i])) t->data[i] = (char)(t->data[i] - ('a' - 'A'));
}

static void plural(text *t)
{
    const char last = t->data[t->size - 1];
    if (is_lower(last) && last != 's' && last != 'x' && last != 'h' &&
        last != 'y' && last != 'l')
        text_append_string(t, "s");
}

/* ---- questions ---- */

static void append_word(text *t, const char *words)
{
    if (words[0] == '\0') return;
    if (t->size > 0) text_append_string(t, " ");
    text_append_string(t, words);
}

/* Whether shoppers name the attribute after the noun: "desk with drawers". */
static bool is_asked_last(const char *attribute_name)
{
    static const char *const last[] = {"with", "pack", "seats", "load"};
    for (size_t i = 0; i < sizeof last / sizeof last[0]; i++)
        if (strcmp(attribute_name, last[i]) == 0) return true;
    return false;
}

/* Picks, in the order of the table, what to ask of what the target has. */
static void choose_asked(question *q, const product *target, random_source *r)
{
    const family *const f = target->family;
    const int roll = random_below(r, 100);
    int want = roll < 12 ? 0 : roll < 58 ? 1 : roll < 90 ? 2 : 3;
    int left = 0;

    for (int a = 0; a < MAX_ATTRIBUTES; a++)
        left += target->value[a] != NO_VALUE;
    q->asked_count = 0;
    q->brand = random_chance(r, 8) ? target->brand : NO_VALUE;
    for (int a = 0; a < MAX_ATTRIBUTES && want > 0; a++) {
        if (target->value[a] == NO_VALUE) continue;
        if (random_below(r, left--) >= want) continue;
        const char *const values = f->attributes[a].values;
        const int forms = value_asked_count(values, target->value[a]);
        const int form = random_chance(r, 55) ? 0 : random_below(r, forms);
        q->attribute[q->asked_count] = a;
        q->wanted[q->asked_count++] =
            value_asked(values, target->value[a], form);
        want--;
    }
}

/* Puts the words in an order in which people type them. */
static void compose(question *q, const family *f, slice noun, random_source *r)
{
    const bool noun_first = random_chance(r, 12);
    text before, after, name;

    text_clear(&before);
    text_clear(&after);
    text_clear(&name);
    if (q->brand != NO_VALUE) {
        const slice brand = list_entry(slice_of(f->brands), '|', q->brand);
        text_append(&before, brand.data, brand.size);
        before = text_standardize(before.data);
    }
    for (int i = 0; i < q->asked_count; i++)
        append_word(noun_first ||
                            is_asked_last(f->attributes[q->attribute[i]].name)
                        ? &after
                        : &before,
                    q->wanted[i].data);
    text_append(&name, noun.data, noun.size);
    if (random_chance(r, 10)) plural(&name);
    text_clear(&q->typed);
    append_word(&q->typed, before.data);
    append_word(&q->typed, name.data);
    append_word(&q->typed, after.data);
}

/* A question that the target answers; `noun` chooses what it is called. */
static void draw_question(question *q, const catalogue *c, int family_index,
                          const product *target, int noun, int slip_percent,
                          random_source *r)
{
    const family *const f = c->families[family_index];

    q->family = family_index;
    choose_asked(q, target, r);
    compose(q, f, list_entry(slice_of(f->asked), '|', noun), r);
    vary_units(&q->typed, r);
    if (random_chance(r, slip_percent)) slip(&q->typed, r);
    if (random_chance(r, 3))
        upper_case(&q->typed);
    else if (random_chance(r, 40))
        drop_accents(&q->typed);
}

static int family_of(const catalogue *c, const product *p)
{
    int i = 0;
    while (c->families[i] != p->family) i++;
    return i;
}

static void draw_any_question(question *q, const catalogue *c, int slip_percent,
                              random_source *r)
{
    const product *const p = &c->products[random_below(r, c->product_count)];
    const int nouns = list_count(slice_of(p->family->asked), '|');
    const int noun = random_chance(r, 30) ? 0 : random_below(r, nouns);
    draw_question(q, c, family_of(c, p), p, noun, slip_percent, r);
}

/* ---- the log ---- */

typedef struct {
    string_set queries; /* all so far, standardised */
    string_set words;   /* of the training queries */
} known;

/* Calls for each word; stops at false. */
static bool each_word(const char *query, string_set *words,
                      bool (*visit)(string_set *, const char *))
{
    const slice all = slice_of(query);
    const int count = list_count(all, ' ');

    for (int i = 0; i < count; i++) {
        const slice entry = list_entry(all, ' ', i);
        text word;
        text_clear(&word);
        text_append(&word, entry.data, entry.size);
        if (!visit(words, word.data)) return false;
    }
    return true;
}

static bool has_word(string_set *words, const char *word)
{
    return string_set_has(words, word);
}

/* New, and no word twice. */
static bool is_usable(const question *q, const known *k)
{
    return !q->typed.overflow && !text_repeats_word(q->typed.data) &&
           !string_set_has(&k->queries, text_standardize(q->typed.data).data);
}

static bool remember(const question *q, known *k, bool words)
{
    const text plain = text_standardize(q->typed.data);
    return string_set_add(&k->queries, plain.data) &&
           (!words || each_word(plain.data, &k->words, string_set_add));
}

static bool add_training(query_log *log, const question *q, known *k)
{
    log->training[log->training_count++] = *q;
    return remember(q, k, true);
}

/* Each name of each family once, so that it can be learned. */
static bool draw_names(query_log *log, const catalogue *c, known *k,
                       random_source *r)
{
    for (int f = 0; f < c->family_count; f++) {
        const int nouns = list_count(slice_of(c->families[f]->asked), '|');
        for (int noun = 0; noun < nouns; noun++) {
            question q;
            do {
                const product *const p =
                    &c->products[c->family_start[f] +
                                 random_below(r, c->families[f]->products)];
                draw_question(&q, c, f, p, noun, 0, r);
            } while (!is_usable(&q, k));
            if (log->training_count == TRAINING_QUERIES ||
                !add_training(log, &q, k))
                return false;
        }
    }
    return true;
}

static bool draw_training(query_log *log, const catalogue *c, known *k,
                          random_source *r)
{
    if (!draw_names(log, c, k, r)) return false;
    for (int i = 0; i < MAX_TRIES; i++) {
        question q;
        if (log->training_count == TRAINING_QUERIES) return true;
        draw_any_question(&q, c, 9, r);
        if (is_usable(&q, k) && !add_training(log, &q, k)) return false;
    }
    return false;
}

static bool draw_held_back(query_log *log, const catalogue *c, known *k,
                           random_source *r)
{
    for (int i = 0; i < MAX_TRIES; i++) {
        question q;
        if (log->held_back_count == HELD_BACK_QUERIES) return true;
        draw_any_question(&q, c, 25, r);
        if (!is_usable(&q, k) || !each_word(text_standardize(q.typed.data).data,
                                            &k->words, has_word))
            continue;
        log->held_back[log->held_back_count++] = q;
        if (!remember(&q, k, false)) return false;
    }
    return false;
}

bool query_log_create(query_log *log, const catalogue *c, uint64_t seed)
{
    random_source training = random_stream(seed, 3);
    random_source held_back = random_stream(seed, 4);
    known k = {0};
    bool done;

    *log = (query_log){0};
    log->training = calloc(TRAINING_QUERIES, sizeof *log->training);
    log->held_back = calloc(HELD_BACK_QUERIES, sizeof *log->held_back);
    done = log->training && log->held_back &&
           draw_training(log, c, &k, &training) &&
           draw_held_back(log, c, &k, &held_back);
    if (!done) fprintf(stderr, "catalogue: out of memory or of queries\n");
    string_set_free(&k.queries);
    string_set_free(&k.words);
    return done;
}

void query_log_free(query_log *log)
{
    free(log->training);
    free(log->held_back);
    *log = (query_log){0};
}

/* ---- relevance ---- */

static int grade_in_family(const question *q, const product *p)
{
    static const int grades[] = {300, 267, 233, 200};
    int distance = 0; /* silent counts 1, different counts 2 */

    if (q->brand != NO_VALUE && q->brand != p->brand) distance += 2;
    for (int i = 0; i < q->asked_count; i++) {
        const int a = q->attribute[i];
        if (p->value[a] == NO_VALUE)
            distance += 1;
        else if (!value_answers(p->family->attributes[a].values, p->value[a],
                                q->wanted[i].data))
            distance += 2;
    }
    return grades[distance < 3 ? distance : 3];
}

/* Whether a product of another family has all that was asked for. */
static bool shares_all(const family *asked, const question *q, const product *p)
{
    for (int i = 0; i < q->asked_count; i++) {
        const char *const name = asked->attributes[q->attribute[i]].name;
        bool found = false;
        for (int a = 0; a < MAX_ATTRIBUTES && !found; a++)
            found = p->value[a] != NO_VALUE &&
                    strcmp(p->family->attributes[a].name, name) == 0 &&
                    value_answers(p->family->attributes[a].values, p->value[a],
                                  q->wanted[i].data);
        if (!found) return false;
    }
    return true;
}

int question_grade(const catalogue *c, const question *q, const product *p)
{
    const family *const asked = c->families[q->family];
    if (p->family == asked) return grade_in_family(q, p);
    if (strcmp(p->family->group, asked->group) != 0) return 100;
    return shares_all(asked, q, p) ? 167 : 133;
}
