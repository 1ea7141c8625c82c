/*
 * fuzz_trec.c: TREC's files as siamese eval reads them: queries, qrels and a
 * run in, refused or read. Judgements are then in order and each pair stands
 * once; a query's results fall by their scores; and qrels written again are
 * read as the same judgements.
 *
 * An input is a byte that chooses, and three files with a NUL between them.
 */
#include "fuzz/support/command.h"

#include <math.h>

#include "eval/eval_trec.h"

enum { MOST_BYTES = 1 << 18 };

typedef struct reading {
    const char *queries, *qrels, *run; /* NULL: none */
    eval_ties ties;
    char
        text[MOST_BYTES]; /* qrels, written again; empty if they are too long */
    size_t size;
} reading;

static void check_judgements(const cli_judgements *j)
{
    fuzz_require(j->offsets[0] == 0 && j->offsets[j->qids.count] == j->count);
    for (size_t q = 0; q < j->qids.count; q++)
        for (size_t i = j->offsets[q]; i < j->offsets[q + 1]; i++) {
            fuzz_require(j->list[i].query == q);
            fuzz_require(j->list[i].item < j->ids.count);
            fuzz_require(isfinite(j->list[i].grade));
            fuzz_require(i == j->offsets[q] ||
                         j->list[i - 1].item < j->list[i].item);
        }
}

/* Whether a file with blanks between its columns can hold it; one with tabs
 * holds more. */
static int is_word(siamese_text word)
{
    for (size_t i = 0; i < word.size; i++)
        if (strchr(" \t", word.data[i])) return 0; /* a NUL is one of them */
    return word.size > 0;
}

static void write_qrels(reading *r, const cli_judgements *j)
{
    r->size = 0;
    for (size_t i = 0; i < j->count; i++) {
        const cli_judgement *const at = &j->list[i];
        siamese_text const qid = j->qids.texts[at->query];
        siamese_text const id = j->ids.texts[at->item];
        size_t const room = MOST_BYTES - r->size;
        if (qid.size + id.size + 64 > room || !is_word(qid) || !is_word(id)) {
            r->size = 0;
            return;
        }
        r->size += (size_t)snprintf(r->text + r->size, room, "%s 0 %s %.17g\n",
                                    qid.data, id.data, at->grade);
    }
}

static void check_run(const eval_trec *run, const cli_judgements *j)
{
    fuzz_require(run->offsets[j->qids.count] == run->count);
    for (size_t q = 0; q < j->qids.count; q++)
        for (size_t i = run->offsets[q]; i < run->offsets[q + 1]; i++) {
            const eval_result *const at = &run->list[i];
            fuzz_require(at->query == q && at->item < j->ids.count);
            fuzz_require(i == run->offsets[q] ||
                         (float)at[-1].score >= (float)at->score);
        }
}

static void read_all(void *user)
{
    reading *const r = user;
    cli_judgements j = {0};
    eval_trec run = {0};
    r->size = 0;
    if (r->queries) cli_judgements_read_queries(&j, r->queries, CLI_UTF8, NULL);
    cli_judgements_read_qrels(&j, r->qrels);
    cli_judgements_finish(&j);
    check_judgements(&j);
    write_qrels(r, &j);
    if (r->run) {
        eval_trec_read(&run, &j, r->run, r->ties);
        check_run(&run, &j);
    }
    eval_trec_free(&run);
    cli_judgements_free(&j);
}

/* The same for the same lines in any order: items are numbered as they come. */
static uint64_t sum_of_lines(const reading *r)
{
    uint64_t sum = 0, hash = 0;
    for (size_t i = 0; i < r->size; i++) {
        hash = (hash ^ (uint8_t)r->text[i]) * UINT64_C(0x100000001b3);
        if (r->text[i] != '\n') continue;
        sum += hash;
        hash = 0;
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const eval_ties ties[] = {EVAL_TIES_AUTO, EVAL_TIES_ROW,
                                     EVAL_TIES_ID, EVAL_TIES_RANK};
    static reading first, again;
    fuzz_input in = {data, size};
    size_t const choice = fuzz_byte(&in);
    siamese_text const queries = fuzz_take_until(&in, 0);
    siamese_text const qrels = fuzz_take_until(&in, 0);
    const char *const paths[] = {memory_file(0, queries.data, queries.size),
                                 memory_file(1, qrels.data, qrels.size),
                                 memory_file(2, in.data, in.size)};
    first.queries = choice & 1 ? paths[0] : NULL;
    first.qrels = paths[1];
    first.run = choice & 2 ? paths[2] : NULL;
    first.ties = ties[choice / 4 % 4];
    int const how = command_run(read_all, &first);
    if (how) fuzz_require(*command_message() != '\0');
    if (first.size == 0) return 0;
    /* the same queries once more, judged by what was written */
    again.queries = first.queries;
    again.qrels = memory_file(3, first.text, first.size);
    if (command_run(read_all, &again) != COMMAND_DONE) {
        /* a qid that begins as a format of others does, now nearer to what no
         * text has */
        fuzz_require(strstr(command_message(), "which is not read"));
        return 0;
    }
    fuzz_require(again.size == first.size &&
                 sum_of_lines(&first) == sum_of_lines(&again));
    return 0;
}
