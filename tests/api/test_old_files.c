/*
 * test_old_files.c: checkpoint files that released versions wrote, under
 * tests/files, are read for ever and give the same bits.
 *
 * Each NAME.siamese has beside it NAME.txt, what it gave when it was written
 * (tests/files/report_model.h). Every line of that is still given, in its
 * order; a later version may give more lines between, of options that are new.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "files/report_model.h"
#include "reliability.h"

enum { LINE = 4096, MOST_FILES = 200 };

static report_data data;
static char folder[512];
static long files; /* that gave what they gave */

/* Whether the library was built without what the file needs. */
static int not_built_in(const char *path, siamese_status status)
{
    return status == SIAMESE_E_UNSUPPORTED &&
           strstr(path, "sentencepiece") != NULL;
}

static void assert_lines_in_order(FILE *kept, FILE *now, const char *name)
{
    static char want[LINE], line[LINE];
    while (fgets(want, sizeof want, kept)) {
        int found = 0;
        while (!found && fgets(line, sizeof line, now))
            found = strcmp(want, line) == 0;
        if (!found) fail_msg("%s no longer gives: %s", name, want);
    }
}

/* Whole, or with the vectors of an index left in the file where it was saved
 * for that. */
static void gives_the_same_bits(const char *name, int32_t map)
{
    char path[1024];
    siamese_bundle *bundle;
    siamese_load_options options;
    siamese_load_options_init(&options, sizeof options);
    options.map = map;
    snprintf(path, sizeof path, "%s/%s.siamese", folder, name);
    siamese_status const status =
        siamese_checkpoint_load(&bundle, path, &options);
    if (not_built_in(path, status)) return;
    if (status != SIAMESE_OK) fail_msg("%s: %s", name, siamese_last_error());
    snprintf(path, sizeof path, "%s/%s.txt", folder, name);
    FILE *const kept = fopen(path, "rb");
    FILE *const now = tmpfile();
    assert_non_null(kept);
    assert_non_null(now);
    report_whole(now, bundle, &data);
    rewind(now);
    assert_lines_in_order(kept, now, name);
    fclose(now);
    fclose(kept);
    siamese_bundle_free(bundle);
}

static void old_file__gives_the_same_bits(void **state)
{
    gives_the_same_bits(*state, 0);
    gives_the_same_bits(*state, 1);
    files++;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name,
                  ((const struct CMUnitTest *)b)->name);
}

/* A test for each file of the folder; their number. */
static size_t list_files(struct CMUnitTest *tests)
{
    size_t count = 0;
    DIR *const directory = opendir(folder);
    if (directory == NULL) return 0;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        const char *const dot = strstr(entry->d_name, ".siamese");
        if (dot == NULL || count == MOST_FILES) continue;
        char *const name =
            strndup(entry->d_name, (size_t)(dot - entry->d_name));
        tests[count++] = (struct CMUnitTest){
            name, old_file__gives_the_same_bits, NULL, NULL, name};
    }
    closedir(directory);
    qsort(tests, count, sizeof *tests, by_name);
    return count;
}

static int run_version(const char *version)
{
    static struct CMUnitTest tests[MOST_FILES];
    const char *const root = getenv("SIAMESE_TEST_DATA");
    snprintf(folder, sizeof folder, "%s/../files/%s", root ? root : ".",
             version);
    report_read(&data, folder);
    size_t const count = list_files(tests);
    int const failed =
        _cmocka_run_group_tests(version, tests, count, NULL, NULL);
    for (size_t i = 0; i < count; i++) free((char *)tests[i].name);
    return failed + (count == 0);
}

int main(void)
{
    int const failed = run_version("v0.1") + run_version("v0.2");
    reliability_count("files of released versions read", files);
    return failed;
}
