/* main.c: the `siamese` command: one program, one verb a job. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_message.h"
#include "shell/cli_signal.h"
#include "shell/cli_suggest.h"
#include "data/cli_columns.h"
#include "data/cli_fields.h"
#include "verbs/cmd_verbs.h"

static const cli_verb verbs[] = {
    {"train", "--data FILE | --catalogue FILE --model FILE [options]",
     "learn a model from judged pairs of query and item",
     "Reads pairs from a CSV file with a header. Rows with enough relevance "
     "are\n"
     "positives: each query is trained to be near its item and far from the\n"
     "other items of its batch. The model keeps the trainer's state, so that\n"
     "--resume goes on where it stopped, bit for bit, unless it is large: of "
     "over\n"
     "4,000,000 weights, or with --set finished=1, it keeps the tower "
     "alone.\n\n"
     "Items of --catalogue, and all items of --data, are also learned from\n"
     "fragments of their own titles, if the preset says so "
     "(self_supervision).\n\n"
     "Relevance: --min-relevance auto is 2 where the highest value is above 2 "
     "and\n"
     "at most 3, else the middle of the lowest and the highest; data without "
     "a\n"
     "column of relevance are all positive. Words count: exact 3, partial or\n"
     "substitute 2, complement 1, irrelevant 0, or their first letters E, S, "
     "C, I.\n\n" CLI_COLUMN_HELP "\n\n" CLI_FIELD_HELP,
     cmd_train},
    {"embed", "--model FILE --data FILE --out FILE [options]",
     "write the vectors of items or queries as a .npy file",
     "Items: each distinct (id, title) once, first seen first. Queries: every\n"
     "row, in order. --text prints one vector and needs no "
     "--data.\n\n" CLI_COLUMN_HELP,
     cmd_embed},
    {"index", "--model FILE --data FILE --out FILE [options]",
     "encode items and add a search index to a model",
     "Writes a complete model: all that --model holds (the trainer too), and "
     "the\n"
     "index with ids and titles. --out may be the same file. An item's id in\n"
     "the index is its row among the distinct (id, title) of the "
     "file.\n\n" CLI_COLUMN_HELP,
     cmd_index},
    {"search", "--model FILE [options] [QUERY ...]",
     "find the nearest items of queries",
     "Queries are arguments, or lines of standard input. Prints rank, id, "
     "score\n"
     "and title. Of several queries each block begins with # N, tab and the\n"
     "query, behind an empty line; the first of standard input does not.\n"
     "A query whose vector is zero has no results: the model knows no word\n"
     "of it.",
     cmd_search},
    {"eval",
     "--model FILE | --run FILE --items FILE --queries FILE --qrels FILE "
     "[options]",
     "measure search on judged queries; compare two models or runs",
     "queries: lines qid TAB query. qrels: lines qid 0 id grade (TREC). A qid\n"
     "is any word, once. Every query ranks all items; where scores are equal, a\n"
     "figure is its mean over their orders. Means are over the queries with a\n"
     "relevant item (grade >= --relevant); ndcg is over those with a gain, which\n"
     "is grade - 1, never below 0. Of a run only the scores count, the higher\n"
     "first, not the ranks.\n"
     "Slices: no_shared_token keeps the pairs of which query and title have "
     "no\n"
     "word in common; unseen_items those whose id is not in --train; head,\n"
     "torso and tail are thirds of the queries by their frequency in it.\n"
     "docs/metrics.md has the rules.\n\n" CLI_COLUMN_HELP,
     cmd_eval},
    {"vocab",
     "--model FILE [--tokenize TEXT ...] | --train-sentencepiece FILE "
     "--data FILE [options]",
     "show a model's tokens or those of texts; train sentencepiece",
     "Prints id and token, or ids, tab and tokens of each text. How many "
     "tokens\n"
     "are not in the table and how many texts are cut is told on stderr.\n\n"
     "--train-sentencepiece reads the data as siamese train does, and writes "
     "a\n"
     "model of at most vocab.max_tokens ids for siamese train "
     "--sentencepiece.\n\n" CLI_COLUMN_HELP,
     cmd_vocab},
    {"info", "FILE", "show what a model holds: sections, sizes, options", NULL,
     cmd_info},
    {"export",
     "--model FILE [--parameters DIR] [--vocab FILE] [--sentencepiece FILE] "
     "[--faiss FILE] [--finished FILE]",
     "write a model's weights, vocabulary or index for other programs",
     "Parameters are one .npy file each, named and laid out as Keras has "
     "them;\n"
     "line n of the vocabulary is token n - 1, the first one is empty, but with\n"
     "--vocab-format keras or json. --finished\n"
     "writes a smaller model: no trainer's state, tables of any precision.",
     cmd_export},
    {"import", "--parameters DIR --vocab FILE --model FILE [options]",
     "make a model of weights and a vocabulary from elsewhere",
     "Reads what export writes: NAME.npy or w.NAME.npy for NAME embedding,\n"
     "fw_kernel, fw_recurrent, fw_bias, bw_kernel, bw_recurrent, bw_bias,\n"
     "or what the encoder that --set names has. Their shapes say "
     "embedding_dim\n"
     "and units; other sizes are settings.",
     cmd_import},
    {"bench", "train|encode|query|vocab|serve|search [options]",
     "measure speed; prints one JSON object",
     "train   pairs of --data from text to update: pairs_per_s, "
     "step_ms_median\n"
     "        and epoch_s, all of epochs after the first; epoch_wall_s, of "
     "all,\n"
     "        with what comes after an epoch\n"
     "encode  distinct items of --data from text to vectors: items_per_s\n"
     "query   distinct queries of --data, one at a time: query_us_median, "
     "_p99\n"
     "vocab   all texts of --data to a vocabulary: texts_per_s\n"
     "serve   queries of --data among --items vectors, by --threads threads, "
     "each\n"
     "        one at a time from text to results: serve_us_median, _p99\n"
     "search  --query vectors among --base vectors: build_s, one_us, "
     "batch_qps\n"
     "\n" CLI_COLUMN_HELP,
     cmd_bench},
};
enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

static void show_usage(FILE *stream)
{
    fprintf(stream,
            "siamese %s: learns embeddings of short texts and searches them\n\n"
            "usage: siamese VERB [options]\n\n",
            siamese_version());
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(stream, "  %-8s%s\n", verbs[i].name, verbs[i].summary);
    fprintf(stream, "\nsiamese VERB --help tells more. For a first search:\n\n"
                    "  siamese train --data train.csv --model m.siamese\n"
                    "  siamese index --model m.siamese --data train.csv --out "
                    "m.siamese\n"
                    "  siamese search --model m.siamese 'standing desk'\n");
}

static const cli_verb *find_verb(const char *name)
{
    const char *closest = NULL;
    size_t distance = CLI_SUGGEST_NONE;

    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(verbs[i].name, name) == 0) return &verbs[i];
        cli_suggest(name, verbs[i].name, &closest, &distance);
    }
    if (closest)
        cli_usage_error("there is no verb '%s'; did you mean '%s'?", name,
                        closest);
    cli_usage_error("there is no verb '%s'", name);
}

/* What was printed must have arrived. */
static void finish_stdout(void)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        cli_fail("cannot write standard output: %s", strerror(errno));
}

static int run(const char *name, int argc, char **argv)
{
    const cli_verb *const verb = find_verb(name);

    cli_set_verb(verb->name);
    return verb->run(verb, argc, argv);
}

int main(int argc, char **argv)
{
    static char help[] = "--help";
    char *help_argument = help;
    int status = 0;

    cli_signal_install();
    if (argc < 2) {
        show_usage(stderr);
        return CLI_EXIT_USAGE;
    }
    const char *const first = argv[1];
    if (strcmp(first, "--version") == 0)
        printf("siamese %s\n", siamese_version());
    else if (strcmp(first, "help") == 0 && argc > 2)
        status = run(argv[2], 1, &help_argument);
    else if (strcmp(first, "--help") == 0 || strcmp(first, "help") == 0)
        show_usage(stdout);
    else
        status = run(first, argc - 2, argv + 2);
    finish_stdout();
    return status;
}
