/* The system's own calls behind platform.h, as this system has them. */
#include "platform_tests.h"

static void test_platform__counts_the_processors_of_the_thread(void **state)
{
    cpu_set_t all, one;
    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    assert_int_equal(sm_usable_processors(), CPU_COUNT(&all));
    int first = 0;
    while (!CPU_ISSET(first, &all)) first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(sm_usable_processors(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

/* Some file systems have no nameless files: there is none then, and why. */
static void test_platform__nameless_files_get_a_name_later(void **state)
{
    struct stat about;
    (void)state;
    int const folder = open(".", O_RDONLY | O_DIRECTORY);
    int const fd = sm_nameless_open(folder, 0600);
    if (fd < 0) {
        assert_true(errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT);
    } else {
        assert_int_equal(write(fd, "named", 5), 5);
        assert_int_equal(stat("file", &about), -1);
        assert_int_equal(sm_nameless_link(fd, folder, "file"), 0);
        assert_int_equal(stat("file", &about), 0);
        assert_int_equal(about.st_size, 5);
        assert_int_equal(sm_nameless_link(fd, folder, "file"), -1);
        assert_int_equal(errno, EEXIST);
        close(fd);
        unlink("file");
    }
    close(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLATFORM_TESTS,
        cmocka_unit_test(test_platform__counts_the_processors_of_the_thread),
        cmocka_unit_test(test_platform__nameless_files_get_a_name_later),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
