#include "catalogue_output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalogue_descriptions.h"

typedef struct {
    const catalogue *catalogue;
    const query_log *log;
    uint64_t seed;
} source;

typedef struct {
    const char *name;
    bool (*write)(FILE *out, const source *s);
} output;

/* ---- which products are judged for a query ---- */

typedef struct {
    const product *product;
    int query; /* position in the log */
    int grade; /* hundredths */
} judgement;

typedef struct {
    judgement *rows;
    size_t count, capacity;
} judgements;

static bool judge(judgements *j, const catalogue *c, const question *q,
                  int query, const product *p)
{
    if (j->count == j->capacity) {
        const size_t capacity = j->capacity ? 2 * j->capacity : 4096;
        judgement *const rows = realloc(j->rows, capacity * sizeof *j->rows);
        if (rows == NULL) return false;
        j->rows = rows;
        j->capacity = capacity;
    }
    j->rows[j->count++] = (judgement){p, query, question_grade(c, q, p)};
    return true;
}

/* Up to quota[0..3] products of grade 300, 267, 233, 200. */
static bool judge_family(judgements *j, const catalogue *c, const question *q,
                         int query, const int quota[4], random_source *r)
{
    const product *const first = &c->products[c->family_start[q->family]];
    const int count = c->families[q->family]->products;
    const int start = random_below(r, count);
    int left[4];

    memcpy(left, quota, sizeof left);
    for (int i = 0; i < count; i++) {
        const product *const p = &first[(start + i) % count];
        const int step = (300 - question_grade(c, q, p)) / 33;
        if (left[step] > 0) {
            left[step]--;
            if (!judge(j, c, q, query, p)) return false;
        }
    }
    return true;
}

/* One product of each related family, and some of anything else. */
static bool judge_others(judgements *j, const catalogue *c, const question *q,
                         int query, int related, int unrelated,
                         random_source *r)
{
    const family *const asked = c->families[q->family];

    for (int i = 1; i < c->family_count && related > 0; i++) {
        const int f = (q->family + i) % c->family_count;
        if (strcmp(c->families[f]->group, asked->group) != 0) continue;
        related--;
        if (!judge(j, c, q, query,
                   &c->products[c->family_start[f] +
                                random_below(r, c->families[f]->products)]))
            return false;
    }
    while (unrelated > 0) {
        const product *const p =
            &c->products[random_below(r, c->product_count)];
        if (strcmp(p->family->group, asked->group) == 0) continue;
        unrelated--;
        if (!judge(j, c, q, query, p)) return false;
    }
    return true;
}

/* In the order of the products, and of the log for the same product. */
static int by_product(const void *a, const void *b)
{
    const judgement *const x = a, *const y = b;
    if (x->product->uid != y->product->uid)
        return x->product->uid < y->product->uid ? -1 : 1;
    return (x->query > y->query) - (x->query < y->query);
}

static int by_query(const void *a, const void *b)
{
    const judgement *const x = a, *const y = b;
    if (x->query != y->query) return x->query < y->query ? -1 : 1;
    return by_product(a, b);
}

/* ---- the four files ---- */

/* A quoted field of RFC 4180: quotes are doubled. */
static void put_quoted(FILE *out, const char *field)
{
    putc('"', out);
    for (; *field != '\0'; field++) {
        if (*field == '"') putc('"', out);
        putc(*field, out);
    }
    putc('"', out);
}

static void put_description(FILE *out, const product *p, uint64_t seed)
{
    const text description = product_description(p, seed);
    putc(',', out);
    put_quoted(out, description.data);
}

/* As the Home Depot file has it: 3, 2.67, 2.33, 2 ... */
static void put_grade(FILE *out, int grade)
{
    if (grade % 100 == 0)
        fprintf(out, "%d", grade / 100);
    else
        fprintf(out, "%d.%02d", grade / 100, grade % 100);
}

static bool write_train(FILE *out, const source *s)
{
    static const int quota[4] = {3, 1, 1, 1};
    const catalogue *const c = s->catalogue;
    random_source r = random_stream(s->seed, 5);
    judgements j = {0};
    bool done = true;
    int id = 1;

    for (int i = 0; i < s->log->training_count && done; i++) {
        const question *const q = &s->log->training[i];
        done = judge_family(&j, c, q, i, quota, &r) &&
               judge_others(&j, c, q, i, random_below(&r, 2),
                            random_chance(&r, 20), &r);
    }
    if (j.count > 0) qsort(j.rows, j.count, sizeof *j.rows, by_product);
    fputs("\"id\",\"product_uid\",\"product_title\",\"search_term\","
          "\"relevance\",\"product_description\"\n",
          out);
    for (size_t i = 0; i < j.count && done; i++) {
        fprintf(out, "%d,%d,", id += 1 + random_below(&r, 3),
                j.rows[i].product->uid);
        put_quoted(out, j.rows[i].product->title.data);
        putc(',', out);
        put_quoted(out, s->log->training[j.rows[i].query].typed.data);
        putc(',', out);
        put_grade(out, j.rows[i].grade);
        put_description(out, j.rows[i].product, s->seed);
        putc('\n', out);
    }
    free(j.rows);
    return done;
}

static bool write_items(FILE *out, const source *s)
{
    fputs("\"product_uid\",\"product_title\",\"product_description\","
          "\"department\"\n",
          out);
    for (int i = 0; i < s->catalogue->product_count; i++) {
        const product *const p = s->catalogue->by_uid[i];
        fprintf(out, "%d,", p->uid);
        put_quoted(out, p->title.data);
        put_description(out, p, s->seed);
        putc(',', out);
        put_quoted(out, p->department->name);
        putc('\n', out);
    }
    return true;
}

static bool write_queries(FILE *out, const source *s)
{
    for (int i = 0; i < s->log->held_back_count; i++)
        fprintf(out, "t%d\t%s\n", i + 1, s->log->held_back[i].typed.data);
    return true;
}

/* The whole family is judged, so that recall can be measured. */
static bool write_qrels(FILE *out, const source *s)
{
    const catalogue *const c = s->catalogue;
    static const int quota[4] = {1000, 1000, 1000, 1000};
    random_source r = random_stream(s->seed, 6);
    judgements j = {0};
    bool done = true;

    for (int i = 0; i < s->log->held_back_count && done; i++) {
        const question *const q = &s->log->held_back[i];
        const size_t first = j.count;
        done = judge_family(&j, c, q, i, quota, &r) &&
               judge_others(&j, c, q, i, 4, 2, &r);
        /* an unrelated product may be drawn twice */
        if (done && j.rows[j.count - 1].product == j.rows[j.count - 2].product)
            j.count--;
        done = done && j.count > first;
    }
    if (j.count > 0) qsort(j.rows, j.count, sizeof *j.rows, by_query);
    for (size_t i = 0; i < j.count && done; i++)
        fprintf(out, "t%d 0 %d %d.%02d\n", j.rows[i].query + 1,
                j.rows[i].product->uid, j.rows[i].grade / 100,
                j.rows[i].grade % 100);
    free(j.rows);
    return done;
}

/* ---- writing beside and renaming ---- */

static const output outputs[] = {
    {"train.csv", write_train},
    {"items.csv", write_items},
    {"queries.tsv", write_queries},
    {"qrels.txt", write_qrels},
};
enum { OUTPUTS = sizeof outputs / sizeof outputs[0], PATH_SIZE = 4096 };

static bool make_path(char path[PATH_SIZE], const char *folder,
                      const char *name, const char *suffix)
{
    const int size = snprintf(path, PATH_SIZE, "%s/%s%s", folder, name, suffix);
    if (size > 0 && size < PATH_SIZE) return true;
    fprintf(stderr, "catalogue: %s: path too long\n", folder);
    return false;
}

static bool complain(const char *path)
{
    fprintf(stderr, "catalogue: %s: %s\n", path, strerror(errno));
    return false;
}

static bool write_beside(const char *path, const output *o, const source *s)
{
    FILE *const out = fopen(path, "wb");
    bool done;

    if (out == NULL) return complain(path);
    errno = ENOMEM; /* the one failure that sets no errno of its own */
    done = o->write(out, s) && !ferror(out);
    if (!done) complain(path);
    if (fclose(out) != 0 && done) done = complain(path);
    return done;
}

bool output_write(const char *folder, const catalogue *c, const query_log *log,
                  uint64_t seed)
{
    const source s = {c, log, seed};
    char path[PATH_SIZE], beside[PATH_SIZE];
    int written = 0, placed = 0;
    bool done = true;

    if (mkdir(folder, 0777) != 0 && errno != EEXIST) return complain(folder);
    for (; written < OUTPUTS && done; written++)
        done = make_path(beside, folder, outputs[written].name, ".tmp") &&
               write_beside(beside, &outputs[written], &s);
    while (placed < OUTPUTS && done) {
        done = make_path(beside, folder, outputs[placed].name, ".tmp") &&
               make_path(path, folder, outputs[placed].name, "");
        if (done && rename(beside, path) != 0) done = complain(path);
        placed += done;
    }
    for (int i = placed; i < written; i++)
        if (make_path(beside, folder, outputs[i].name, ".tmp")) unlink(beside);
    return done;
}
