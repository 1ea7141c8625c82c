/* golden DIR: compares the library with the golden vectors of a folder, through
 * the public API alone; one JSON object a line on standard output. Exit status
 * 0: all within their tolerances, 1: not, 2: the folder cannot be read. */
#include <stdio.h>

#include <jansson.h>

#include "golden/support/golden_cases.h"
#include "golden/support/golden_files.h"

static void print_result(void *user, const golden_result *result)
{
    json_t *const line = json_object();
    (void)user;
    json_object_set_new(line, "case", json_string(result->name));
    json_object_set_new(line, "check", json_string(result->check));
    if (result->skipped) {
        json_object_set_new(line, "skipped", json_string(result->skipped));
    } else {
        json_object_set_new(line, "error", json_real(result->error));
        json_object_set_new(line, "tolerance", json_real(result->tolerance));
    }
    if (result->failed)
        json_object_set_new(line, "failed", json_string(result->failed));
    json_dumpf(line, stdout, JSON_REAL_PRECISION(3));
    putchar('\n');
    fflush(stdout);
    json_decref(line);
}

int main(int argc, char **argv)
{
    golden_report report = {.result = print_result};
    if (argc != 2) {
        fputs("usage: golden DIR\n", stderr);
        return 2;
    }
    if (golden_run_all(&report, argv[1]) == 0)
        golden_die("%s: has no cases", argv[1]);
    fprintf(stderr, "golden: %zu checks, %zu failed, %zu skipped\n",
            report.checks, report.failures, report.skipped);
    return report.failures ? 1 : 0;
}
