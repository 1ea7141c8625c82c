/* Files replaced as a whole: links, modes, folders, devices, full disks, and
 * what a process that was killed leaves behind. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "checkpoint/atomic_file.h"
#include "checkpoint/byte_source.h"

/*
 * The library asks with access() whether a nameless file could be named later:
 * a no, as without /proc, makes it use files with names.
 */
static int proc_is_missing;

int access(const char *path, int mode)
{
    if (proc_is_missing && strncmp(path, "/proc/", 6) == 0) {
        errno = ENOENT;
        return -1;
    }
    return faccessat(AT_FDCWD, path, mode, 0);
}

/* ---- a folder for each test ---- */

static char folder[64];

static char *in_folder(const char *name)
{
    static char paths[4][PATH_MAX];
    static int next;
    char *const path = paths[next++ % 4];
    snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return path;
}

/* Removes the entries and says how many there were. */
static int empty_folder(void)
{
    int count = 0;
    DIR *const dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char *const path = in_folder(e->d_name);
        if (unlink(path) != 0) rmdir(path);
        count++;
    }
    closedir(dir);
    return count;
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/siamese-test-XXXXXX");
    umask(022);
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    proc_is_missing = 0;
    empty_folder();
    return rmdir(folder);
}

/* ---- writing and reading ---- */

static sm_status save_size(const char *path, const char *text, size_t size)
{
    sm_status status = SIAMESE_OK;
    sm_atomic_file *file = NULL;
    sm_writer *writer;
    SM_TRY(sm_atomic_file_create(&file, path, &writer));
    SM_TRY(writer->write(writer->context, text, size));
    SM_TRY(sm_atomic_file_commit(file));
out:
    sm_atomic_file_free(file);
    return status;
}

static sm_status save(const char *path, const char *text)
{
    return save_size(path, text, strlen(text));
}

static void expect_content(const char *path, const char *text)
{
    sm_source source;
    char bytes[256] = "";
    assert_int_equal(sm_source_open_file(&source, path), SIAMESE_OK);
    assert_int_equal(source.size, strlen(text));
    assert_int_equal(
        source.read_at(source.context, 0, bytes, (size_t)source.size), 0);
    assert_string_equal(bytes, text);
    sm_source_close(&source);
}

static void expect_error(const char *path, const char *reason)
{
    char text[2 * PATH_MAX];
    assert_int_equal(save(path, "new"), SIAMESE_E_IO);
    snprintf(text, sizeof text, "%s: %s", path, reason);
    assert_string_equal(siamese_last_error(), text);
}

static int mode_of(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about.st_mode & 07777;
}

/* ---- tests; what check_ begins with runs with and without names ---- */

static void check_replacing(void)
{
    char *const path = in_folder("model");
    assert_int_equal(save(path, "first"), SIAMESE_OK);
    expect_content(path, "first");
    assert_int_equal(mode_of(path), 0644);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(save(path, "second"), SIAMESE_OK);
    expect_content(path, "second");
    assert_int_equal(mode_of(path), 0640);
    assert_int_equal(empty_folder(), 1);
}

static void check_failing(void)
{
    sm_atomic_file *file;
    sm_writer *writer;
    char *const path = in_folder("model");
    assert_int_equal(sm_atomic_file_create(&file, path, &writer), 0);
    assert_int_equal(writer->write(writer->context, "half", 4), SIAMESE_OK);
    sm_atomic_file_free(file);
    assert_int_equal(empty_folder(), 0);
    assert_int_equal(save(path, "old"), SIAMESE_OK);
    assert_int_equal(sm_atomic_file_create(&file, path, &writer), 0);
    sm_atomic_file_free(file);
    expect_content(path, "old");
    assert_int_equal(empty_folder(), 1);
}

static void test_atomic_file__replaces_and_keeps_the_mode(void **state)
{
    (void)state;
    check_replacing();
    proc_is_missing = 1;
    check_replacing();
}

static void test_atomic_file__leaves_nothing_without_a_commit(void **state)
{
    (void)state;
    check_failing();
    proc_is_missing = 1;
    check_failing();
}

static void test_atomic_file__follows_links(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("deep"), 0755), 0);
    assert_int_equal(symlink("deep/target", in_folder("link")), 0);
    assert_int_equal(symlink("link", in_folder("link2")), 0);
    /* the first save makes what the link points to, the second replaces it */
    for (int i = 0; i < 2; i++) {
        char text[2] = {(char)('a' + i), '\0'};
        assert_int_equal(save(in_folder("link2"), text), SIAMESE_OK);
        expect_content(in_folder("deep/target"), text);
    }
    struct stat about;
    assert_int_equal(lstat(in_folder("link2"), &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(symlink("loop", in_folder("loop")), 0);
    expect_error(in_folder("loop"), "cannot be written: Too many levels of "
                                    "symbolic links");
    assert_int_equal(unlink(in_folder("deep/target")), 0);
}

static void test_atomic_file__works_in_the_current_folder(void **state)
{
    (void)state;
    char before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(save("model", "here"), SIAMESE_OK);
    expect_content("model", "here");
    assert_int_equal(chdir(before), 0);
}

static void test_atomic_file__refuses_folders_and_pipes(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("d"), 0755), 0);
    expect_error(in_folder("d"), "is a folder");
    expect_error(in_folder("new/"), "names a folder, not a file");
    expect_error(in_folder("none/model"),
                 "its folder cannot be opened: No such file or directory");
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    expect_error(in_folder("pipe"), "is not a regular file");
    assert_int_equal(save(in_folder("f"), "x"), SIAMESE_OK);
    expect_error(in_folder("f/model"), "cannot be written: Not a directory");
    char name[NAME_MAX + 2];
    memset(name, 'n', sizeof name);
    name[NAME_MAX + 1] = '\0';
    expect_error(in_folder(name), "cannot be written: File name too long");
    name[NAME_MAX] = '\0';
    for (int i = 0; i < 4; i++) {
        proc_is_missing = i & 1;
        assert_int_equal(save(in_folder(name), "long"), SIAMESE_OK);
    }
    assert_int_equal(empty_folder(), 4);
}

static void test_atomic_file__writes_to_devices_as_they_stand(void **state)
{
    (void)state;
    struct stat about;
    assert_int_equal(save("/dev/null", "x"), SIAMESE_OK);
    expect_error("/dev/full", "cannot be written: No space left on device");
    assert_int_equal(stat("/dev/full", &about), 0);
    assert_true(S_ISCHR(about.st_mode));
}

static void
test_atomic_file__respects_a_file_that_may_not_be_written(void **state)
{
    (void)state;
    assert_int_equal(save(in_folder("m"), "old"), SIAMESE_OK);
    assert_int_equal(chmod(in_folder("m"), 0444), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    pid_t const child = fork();
    if (child == 0) {
        /* root may write everything: become somebody else */
        int right = geteuid() != 0 || seteuid(65534) == 0;
        right = right && save(in_folder("m"), "new") == SIAMESE_E_IO &&
                strstr(siamese_last_error(), "Permission denied");
        _exit(right ? 0 : 1);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    expect_content(in_folder("m"), "old");
}

static void check_full_disk(void)
{
    char *const path = in_folder("model");
    static char big[100000];
    assert_int_equal(save(path, "old"), SIAMESE_OK);
    pid_t const child = fork();
    if (child == 0) {
        struct rlimit const limit = {50000, 50000};
        signal(SIGXFSZ, SIG_IGN);
        int right = setrlimit(RLIMIT_FSIZE, &limit) == 0;
        right = right && save_size(path, big, sizeof big) == SIAMESE_E_IO &&
                strstr(siamese_last_error(), "File too large");
        _exit(right ? 0 : 1);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    expect_content(path, "old");
    assert_int_equal(empty_folder(), 1);
}

static void
test_atomic_file__keeps_the_old_file_when_the_disk_is_full(void **state)
{
    (void)state;
    check_full_disk();
    proc_is_missing = 1;
    check_full_disk();
}

static void check_stale(void)
{
    char *const path = in_folder("model");
    char *const stale = in_folder(".model.siamese-new");
    FILE *const dead = fopen(stale, "w");
    assert_non_null(dead);
    fclose(dead);
    assert_int_equal(save(path, "old"), SIAMESE_OK);
    assert_int_equal(save(path, "new"), SIAMESE_OK);
    expect_content(path, "new");
    assert_int_equal(empty_folder(), 1);
}

static void test_atomic_file__removes_what_a_dead_process_left(void **state)
{
    (void)state;
    check_stale();
    proc_is_missing = 1;
    check_stale();
}

static void check_in_use(void)
{
    char *const path = in_folder("model");
    char *const used = in_folder(".model.siamese-new");
    assert_int_equal(save(path, "old"), SIAMESE_OK);
    int const fd = open(used, O_WRONLY | O_CREAT, 0644);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(save(path, "new"), SIAMESE_OK);
    expect_content(path, "new");
    assert_int_equal(empty_folder(), 2);
    close(fd);
}

static void test_atomic_file__leaves_the_file_of_another_saver(void **state)
{
    (void)state;
    check_in_use();
    proc_is_missing = 1;
    check_in_use();
}

/* Saves one letter again and again until it is killed. */
static void save_for_ever(const char *path, char letter)
{
    static char text[20000];
    memset(text, letter, sizeof text);
    for (;;)
        if (save_size(path, text, sizeof text) != SIAMESE_OK) _exit(1);
}

static void check_whole(const char *path)
{
    char text[20001];
    FILE *const in = fopen(path, "r");
    assert_non_null(in);
    assert_int_equal(fread(text, 1, sizeof text, in), 20000);
    fclose(in);
    assert_true(text[0] == 'x' || text[0] == 'y');
    for (int i = 1; i < 20000; i++) assert_int_equal(text[i], text[0]);
}

static void check_killing(int rounds)
{
    char *const path = in_folder("model");
    static char text[20000];
    memset(text, 'x', sizeof text);
    assert_int_equal(save_size(path, text, sizeof text), SIAMESE_OK);
    for (int i = 0; i < rounds; i++) {
        pid_t children[2];
        for (int c = 0; c < 2; c++) {
            children[c] = fork();
            if (children[c] == 0) save_for_ever(path, (char)('x' + c));
        }
        usleep((useconds_t)(500 + 997 * i % 5000));
        for (int c = 0; c < 2; c++) {
            int result;
            kill(children[c], SIGKILL);
            assert_int_equal(waitpid(children[c], &result, 0), children[c]);
            assert_true(WIFSIGNALED(result));
        }
        check_whole(path);
    }
    /* One save more clears what the killed ones may have left. */
    assert_int_equal(save_size(path, text, sizeof text), SIAMESE_OK);
    check_whole(path);
    assert_int_equal(empty_folder(), 1);
}

static void test_atomic_file__is_old_or_new_after_a_kill(void **state)
{
    (void)state;
    check_killing(40);
    proc_is_missing = 1;
    check_killing(40);
}

static void test_source__refuses_what_is_not_a_file(void **state)
{
    (void)state;
    sm_source source;
    assert_int_equal(sm_source_open_file(&source, in_folder("none")),
                     SIAMESE_E_IO);
    assert_non_null(
        strstr(siamese_last_error(), "none: cannot be read: No such file"));
    assert_int_equal(sm_source_open_file(&source, folder), SIAMESE_E_IO);
    assert_non_null(strstr(siamese_last_error(), ": is a folder"));
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    assert_int_equal(sm_source_open_file(&source, in_folder("pipe")),
                     SIAMESE_E_IO);
    assert_non_null(strstr(siamese_last_error(), "is not a regular file"));
}

/* ---- streams ---- */

typedef struct letters {
    size_t left;
    int fail;
} letters;

static int32_t read_letters(void *user, void *data, size_t size, size_t *done)
{
    letters *const from = user;
    *done = size < from->left ? size : from->left;
    memset(data, 'a', *done);
    from->left -= *done;
    return from->fail && from->left == 0;
}

static void test_source__collects_a_stream(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 1 << 20, (1 << 20) + 1, 5 << 19};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        sm_source source;
        letters from = {sizes[i], 0};
        assert_int_equal(
            sm_source_open_stream(&source, read_letters, &from, sizes[i]), 0);
        assert_int_equal(source.size, sizes[i]);
        char *const bytes = malloc(sizes[i] + 1);
        assert_int_equal(source.read_at(source.context, 0, bytes, sizes[i]), 0);
        for (size_t j = 0; j < sizes[i]; j++) assert_true(bytes[j] == 'a');
        free(bytes);
        sm_source_close(&source);
    }
}

static void test_source__stops_a_stream_at_its_limit(void **state)
{
    (void)state;
    sm_source source;
    letters endless = {SIZE_MAX, 0};
    assert_int_equal(
        sm_source_open_stream(&source, read_letters, &endless, 3 << 20),
        SIAMESE_E_LIMIT);
    letters broken = {10, 1};
    assert_int_equal(sm_source_open_stream(&source, read_letters, &broken, 0),
                     SIAMESE_E_IO);
}

#define WITH_FOLDER(test)                                                      \
    cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_atomic_file__replaces_and_keeps_the_mode),
        WITH_FOLDER(test_atomic_file__leaves_nothing_without_a_commit),
        WITH_FOLDER(test_atomic_file__follows_links),
        WITH_FOLDER(test_atomic_file__works_in_the_current_folder),
        WITH_FOLDER(test_atomic_file__refuses_folders_and_pipes),
        WITH_FOLDER(test_atomic_file__writes_to_devices_as_they_stand),
        WITH_FOLDER(test_atomic_file__respects_a_file_that_may_not_be_written),
        WITH_FOLDER(test_atomic_file__keeps_the_old_file_when_the_disk_is_full),
        WITH_FOLDER(test_atomic_file__removes_what_a_dead_process_left),
        WITH_FOLDER(test_atomic_file__leaves_the_file_of_another_saver),
        WITH_FOLDER(test_atomic_file__is_old_or_new_after_a_kill),
        WITH_FOLDER(test_source__refuses_what_is_not_a_file),
        cmocka_unit_test(test_source__collects_a_stream),
        cmocka_unit_test(test_source__stops_a_stream_at_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
