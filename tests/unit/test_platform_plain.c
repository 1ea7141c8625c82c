/* What stands in for the system's own calls where there are none, as on macOS,
 * compiled into this program in their place: the library's files get these. */
#define SM_PLATFORM_PLAIN 1
#include "common/platform.c"

#include "platform_tests.h"

#include "checkpoint/atomic_file.h"

static void test_platform__counts_the_processors_there_are(void **state)
{
    (void)state;
    assert_int_equal(sm_usable_processors(), sysconf(_SC_NPROCESSORS_ONLN));
}

static void test_platform__has_no_nameless_files(void **state)
{
    (void)state;
    int const folder = open(".", O_RDONLY | O_DIRECTORY);
    assert_int_equal(sm_nameless_open(folder, 0600), -1);
    assert_int_equal(sm_nameless_link(folder, folder, "file"), -1);
    close(folder);
}

static void save(const char *text, bool commits)
{
    sm_atomic_file *file;
    sm_writer *writer;
    assert_int_equal(sm_atomic_file_create(&file, "file", &writer), SIAMESE_OK);
    assert_int_equal(writer->write(writer->context, text, strlen(text)),
                     SIAMESE_OK);
    /* meanwhile the new bytes have a name of their own */
    assert_int_equal(access(".file.siamese-new", F_OK), 0);
    if (commits) assert_int_equal(sm_atomic_file_commit(file), SIAMESE_OK);
    sm_atomic_file_free(file);
    assert_int_equal(access(".file.siamese-new", F_OK), -1);
}

static void assert_file_is(const char *text)
{
    char found[16] = "";
    FILE *const file = fopen("file", "r");
    assert_non_null(file);
    assert_int_equal(fread(found, 1, sizeof found - 1, file), strlen(text));
    fclose(file);
    assert_string_equal(found, text);
}

static void test_platform__files_are_replaced_whole_all_the_same(void **state)
{
    (void)state;
    save("old", true);
    assert_file_is("old");
    save("never", false);
    assert_file_is("old");
    save("new", true);
    assert_file_is("new");
    unlink("file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLATFORM_TESTS,
        cmocka_unit_test(test_platform__counts_the_processors_there_are),
        cmocka_unit_test(test_platform__has_no_nameless_files),
        cmocka_unit_test(test_platform__files_are_replaced_whole_all_the_same),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
