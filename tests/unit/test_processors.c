/* Processors by affinity and by the quotas of control groups, in folders that
 * stand for those of systems. */
#include <ftw.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/pool.h"
#include "common/processors.h"

/* ---- a system of files ---- */

static char root[64];

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

static int make_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/siamese-XXXXXX");
    return mkdtemp(root) == NULL;
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *path, const char *text)
{
    char name[512];
    snprintf(name, sizeof name, "%s%s", root, path);
    for (char *p = name + strlen(root) + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        mkdir(name, 0700);
        *p = '/';
    }
    FILE *const file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void take_away(const char *path)
{
    char name[512];
    snprintf(name, sizeof name, "%s%s", root, path);
    assert_int_equal(remove(name), 0);
}

#define GROUP "/proc/self/cgroup"
#define MOUNTS "/proc/self/mountinfo"
#define ROOT_MOUNT "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
#define MOUNT_2(part, place)                                                   \
    "30 21 0:26 " part " " place " rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
#define MOUNT_1(part, place, names)                                            \
    "33 21 0:29 " part " " place " rw,nosuid - cgroup cgroup rw," names "\n"

/* ---- version 2 ---- */

static void make_version_2(const char *line)
{
    put(GROUP, "0::/\n");
    put(MOUNTS, ROOT_MOUNT MOUNT_2("/", "/sys/fs/cgroup"));
    put("/sys/fs/cgroup/cpu.max", line);
}

static void test_quota__is_rounded_up(void **state)
{
    static const struct {
        const char *line;
        size_t processors;
    } cases[] = {{"200000 100000\n", 2}, {"250000 100000\n", 3},
                 {"100000 100000\n", 1}, {"100001 100000\n", 2},
                 {"1000 100000\n", 1},   {"1 1000000\n", 1},
                 {"75000 50000\n", 2},   {"max 100000\n", 0},
                 {"400000 100000", 4},   {"900000000000 1000\n", 1024}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make_version_2(cases[i].line);
        assert_int_equal(sm_processor_quota(root), cases[i].processors);
    }
}

static void test_quota__is_none_where_a_file_makes_no_sense(void **state)
{
    static const char *const lines[] = {"",
                                        "\n",
                                        "max\n",
                                        "200000\n",
                                        "0 100000\n",
                                        "200000 0\n",
                                        "-1 100000\n",
                                        "200000 -1\n",
                                        "a b\n",
                                        "2e5 100000\n",
                                        "200000 100000 1",
                                        "200000  100000\n",
                                        " 2 1\n",
                                        "2\n1\n",
                                        "200000 100000\n200000 100000\n",
                                        "18446744073709551617 1\n",
                                        "0x10 1\n",
                                        "max max\n"};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        make_version_2(lines[i]);
        assert_int_equal(sm_processor_quota(root), 0);
    }
    char *const endless = malloc(100001);
    memset(endless, '1', 100000);
    endless[100000] = '\0';
    make_version_2(endless);
    assert_int_equal(sm_processor_quota(root), 0);
    free(endless);
}

static void test_quota__is_the_lowest_on_the_way_up(void **state)
{
    (void)state;
    put(GROUP, "0::/a.slice/b.scope/c\n");
    put(MOUNTS, ROOT_MOUNT MOUNT_2("/", "/sys/fs/cgroup"));
    put("/sys/fs/cgroup/a.slice/b.scope/c/cpu.max", "700000 100000\n");
    put("/sys/fs/cgroup/a.slice/b.scope/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/a.slice/cpu.max", "150000 50000\n");
    put("/sys/fs/cgroup/cpu.max", "900000 100000\n");
    put("/sys/fs/cgroup/other/cpu.max", "100000 100000\n");
    assert_int_equal(sm_processor_quota(root), 3);
    put("/sys/fs/cgroup/a.slice/cpu.max", "max 50000\n");
    assert_int_equal(sm_processor_quota(root), 7);
    /* a group whose folder cannot be seen has those above it */
    put(GROUP, "0::/a.slice/b.scope/gone/deeper\n");
    assert_int_equal(sm_processor_quota(root), 9);
    put("/sys/fs/cgroup/a.slice/b.scope/cpu.max", "200000 100000\n");
    assert_int_equal(sm_processor_quota(root), 2);
}

/* A container may see its own group alone, by the name that it has outside. */
static void test_quota__is_found_through_a_part_of_the_hierarchy(void **state)
{
    (void)state;
    put(GROUP, "0::/docker/0123/inner\n");
    put(MOUNTS, ROOT_MOUNT MOUNT_2("/docker/0123", "/sys/fs/cgroup"));
    put("/sys/fs/cgroup/inner/cpu.max", "400000 100000\n");
    put("/sys/fs/cgroup/cpu.max", "500000 100000\n");
    assert_int_equal(sm_processor_quota(root), 4);
    /* "/docker/0123" is no part of "/docker/01234" */
    put(GROUP, "0::/docker/01234\n");
    assert_int_equal(sm_processor_quota(root), 5);
    put(GROUP, "0::/../inner\n");
    assert_int_equal(sm_processor_quota(root), 5);
    /* of two mounts, the one that shows the group */
    put(GROUP, "0::/docker/01234\n");
    put(MOUNTS,
        ROOT_MOUNT MOUNT_2("/docker/9", "/other") MOUNT_2("/docker", "/mine"));
    put("/other/cpu.max", "100000 100000\n");
    put("/mine/01234/cpu.max", "600000 100000\n");
    assert_int_equal(sm_processor_quota(root), 6);
}

static void test_quota__is_found_below_any_name(void **state)
{
    (void)state;
    put(GROUP, "0::/user@1000 ü/a b\n");
    put(MOUNTS, ROOT_MOUNT MOUNT_2("/", "/my\\040groups\\134x"));
    put("/my groups\\x/user@1000 ü/a b/cpu.max", "300000 100000\n");
    assert_int_equal(sm_processor_quota(root), 3);
}

/* ---- version 1, and both ---- */

static void test_quota__of_version_1(void **state)
{
    (void)state;
    put(GROUP, "12:cpuset:/x\n4:cpu,cpuacct:/docker/7\n1:name=systemd:/z\n");
    put(MOUNTS, ROOT_MOUNT MOUNT_1("/", "/sys/fs/cgroup/cpuset", "cpuset")
                    MOUNT_1("/", "/sys/fs/cgroup/cpu,cpuacct", "cpu,cpuacct"));
#define CPU "/sys/fs/cgroup/cpu,cpuacct"
    put(CPU "/cpu.cfs_quota_us", "-1\n");
    put(CPU "/cpu.cfs_period_us", "100000\n");
    assert_int_equal(sm_processor_quota(root), 0);
    put(CPU "/docker/7/cpu.cfs_quota_us", "150000\n");
    put(CPU "/docker/7/cpu.cfs_period_us", "100000\n");
    assert_int_equal(sm_processor_quota(root), 2);
    put(CPU "/docker/cpu.cfs_quota_us", "50000\n");
    put(CPU "/docker/cpu.cfs_period_us", "100000\n");
    assert_int_equal(sm_processor_quota(root), 1);
    take_away(CPU "/docker/cpu.cfs_period_us");
    assert_int_equal(sm_processor_quota(root), 2);
    put(CPU "/docker/7/cpu.cfs_period_us", "1e5\n");
    assert_int_equal(sm_processor_quota(root), 0);
}

/* systemd's hybrid: version 2 is there, without the controller. */
static void test_quota__of_both_versions_is_the_lower(void **state)
{
    (void)state;
    put(GROUP, "4:cpu:/a\n0::/b\n");
    put(MOUNTS, MOUNT_2("/", "/sys/fs/cgroup/unified")
                    MOUNT_1("/", "/sys/fs/cgroup/cpu", "cpu") ROOT_MOUNT);
    put("/sys/fs/cgroup/unified/b/cgroup.procs", "1\n");
    put("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "500000\n");
    put("/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
    assert_int_equal(sm_processor_quota(root), 5);
    put("/sys/fs/cgroup/unified/b/cpu.max", "300000 100000\n");
    assert_int_equal(sm_processor_quota(root), 3);
    put("/sys/fs/cgroup/unified/b/cpu.max", "900000 100000\n");
    assert_int_equal(sm_processor_quota(root), 5);
}

/* ---- what is not there, or not what it should be ---- */

static void test_quota__is_none_without_groups(void **state)
{
    (void)state;
    assert_int_equal(sm_processor_quota(root), 0);
    assert_int_equal(sm_processor_quota("/no/such/folder"), 0);
    put(GROUP, "0::/\n");
    assert_int_equal(sm_processor_quota(root), 0);
    put(MOUNTS, ROOT_MOUNT);
    assert_int_equal(sm_processor_quota(root), 0);
    put(MOUNTS, ROOT_MOUNT MOUNT_2("/", "/sys/fs/cgroup"));
    assert_int_equal(sm_processor_quota(root), 0);
}

static void test_quota__is_none_where_the_lists_make_no_sense(void **state)
{
    static const char *const groups[] = {
        "",      "\n",     "0::\n",      "0:/\n",  "0::relative\n",
        "::/\n", "1::/\n", "0:cpu2:/\n", "::::::", "5:cpuset,cpuacct:/\n"};
    static const char *const mounts[] = {
        "",
        "\n",
        "30 21 0:26 / /sys/fs/cgroup rw\n",
        "30 21 0:26 / - cgroup2 cgroup2 rw\n",
        "- cgroup2 cgroup2 rw\n",
        " - cgroup2 c rw\n",
        "30 21 0:26 / /sys/fs/cgroup rw - tmpfs cgroup2 rw\n",
        "30 21 0:26 / /sys/fs/cgroup"};
    (void)state;
    make_version_2("200000 100000\n");
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        put(GROUP, groups[i]);
        assert_int_equal(sm_processor_quota(root), 0);
    }
    make_version_2("200000 100000\n");
    for (size_t i = 0; i < sizeof mounts / sizeof mounts[0]; i++) {
        put(MOUNTS, mounts[i]);
        assert_int_equal(sm_processor_quota(root), 0);
    }
}

/* Overlays make lines of any length; those behind them count. */
static void test_quota__is_found_behind_long_lines(void **state)
{
    (void)state;
    char *const text = malloc(200000);
    memset(text, 'l', 150000);
    strcpy(text + 150000, "\n" MOUNT_2("/", "/sys/fs/cgroup"));
    make_version_2("200000 100000\n");
    put(MOUNTS, text);
    assert_int_equal(sm_processor_quota(root), 2);
    memset(text, 'g', 150000);
    strcpy(text + 150000, "\n0::/\n");
    put(GROUP, text);
    assert_int_equal(sm_processor_quota(root), 2);
    text[0] = '0', text[1] = text[2] = ':', text[3] = '/';
    put(GROUP, text); /* a path that has no room is none */
    assert_int_equal(sm_processor_quota(root), 2);
    free(text);
}

/* ---- this system ---- */

static void test_processors__are_those_of_affinity_and_quota(void **state)
{
    cpu_set_t before, one;
    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    size_t const quota = sm_processor_quota("");
    size_t const here = (size_t)CPU_COUNT(&before);
    size_t const expected = quota && quota < here ? quota : here;
    assert_int_equal(sm_processors(), expected);
    sm_pool *pool = NULL;
    assert_int_equal(sm_pool_create(&pool, 0), 0);
    assert_int_equal(sm_pool_threads(pool), expected);
    sm_pool_free(pool);
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &before)) CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(sm_processors(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

#define IN_ROOT(test)                                                          \
    cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ROOT(test_quota__is_rounded_up),
        IN_ROOT(test_quota__is_none_where_a_file_makes_no_sense),
        IN_ROOT(test_quota__is_the_lowest_on_the_way_up),
        IN_ROOT(test_quota__is_found_through_a_part_of_the_hierarchy),
        IN_ROOT(test_quota__is_found_below_any_name),
        IN_ROOT(test_quota__of_version_1),
        IN_ROOT(test_quota__of_both_versions_is_the_lower),
        IN_ROOT(test_quota__is_none_without_groups),
        IN_ROOT(test_quota__is_none_where_the_lists_make_no_sense),
        IN_ROOT(test_quota__is_found_behind_long_lines),
        cmocka_unit_test(test_processors__are_those_of_affinity_and_quota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
