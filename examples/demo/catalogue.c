/*
 * catalogue: writes the invented catalogue of a home store with a log of
 * queries and relevance grades, in the columns of the Home Depot file, with a
 * description behind them.
 *
 *     catalogue --seed N --out DIR
 *
 *   DIR/train.csv    id, product_uid, product_title, search_term, relevance,
 *                    product_description
 *   DIR/items.csv    product_uid, product_title, product_description: the
 *                    whole catalogue
 *   DIR/queries.tsv  qid, query: held back, in no row of train.csv
 *   DIR/qrels.txt    qid 0 product_uid grade: their relevance
 *
 * The same seed gives the same bytes on every platform.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue_output.h"

static const char usage[] = "usage: catalogue --seed N --out DIR\n";

static bool parse_seed(const char *argument, uint64_t *seed)
{
    char *end;
    errno = 0;
    if (*argument < '0' || *argument > '9') return false;
    *seed = strtoull(argument, &end, 10);
    return errno == 0 && *end == '\0';
}

/* 0 to go on, else what main returns plus one. */
static int parse_arguments(int argc, char **argv, uint64_t *seed,
                           const char **folder)
{
    for (int i = 1; i < argc; i++) {
        const char *const value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 1;
        }
        if (strcmp(argv[i], "--seed") == 0 && value != NULL) {
            if (!parse_seed(value, seed)) {
                fprintf(stderr,
                        "catalogue: --seed %s: not a number "
                        "from 0 to 18446744073709551615\n",
                        value);
                return 3;
            }
        } else if (strcmp(argv[i], "--out") == 0 && value != NULL) {
            *folder = value;
        } else {
            fprintf(stderr, "catalogue: bad argument '%s'\n%s", argv[i], usage);
            return 3;
        }
        i++;
    }
    if (*folder == NULL) {
        fputs(usage, stderr);
        return 3;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *folder = NULL;
    uint64_t seed = 1;
    catalogue c = {0};
    query_log log = {0};
    bool done;

    const int stop = parse_arguments(argc, argv, &seed, &folder);
    if (stop > 0) return stop - 1;
    done = catalogue_create(&c, seed) && query_log_create(&log, &c, seed) &&
           output_write(folder, &c, &log, seed);
    if (done)
        printf("%d products of %d families, %d training queries, "
               "%d held back\n",
               c.product_count, c.family_count, log.training_count,
               log.held_back_count);
    query_log_free(&log);
    catalogue_free(&c);
    return done ? 0 : 1;
}
