/* Killed again and again: a training that saves its model as it goes, resumed
 * from what is in the file each time, ends with the bits of one that nothing
 * interrupted; and a save that is killed right before or right after any of its
 * calls for files leaves the old file or the new one. */
#include <dirent.h>
#include <sys/wait.h>

#include "api/small_model.h"
#include "faulty_io.h"
#include "random_numbers.h"
#include "reliability.h"

static char folder[] = "/tmp/siamese-killed-XXXXXX";
static char path[64], whole[64];

static image bytes_of(const char *name)
{
    image bytes = {.writes_left = -1};
    char block[4096];
    FILE *const file = fopen(name, "rb");
    if (file == NULL) return bytes;
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
        image_write(&bytes, block, got);
    fclose(file);
    return bytes;
}

static void expect_same_files(const char *a, const char *b)
{
    image of_a = bytes_of(a), of_b = bytes_of(b);
    assert_true(of_a.size > 0);
    assert_int_equal(of_a.size, of_b.size);
    assert_memory_equal(of_a.bytes, of_b.bytes, of_a.size);
    free(of_a.bytes);
    free(of_b.bytes);
}

static size_t files(void)
{
    size_t count = 0;
    DIR *const at = opendir(folder);
    assert_non_null(at);
    for (struct dirent *e; (e = readdir(at)) != NULL;)
        count += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
    closedir(at);
    return count;
}

/* ---- a training ---- */

typedef struct saver {
    siamese_model *model;
    const char *path;
} saver;

static int32_t save_step(void *user, const siamese_progress *progress)
{
    const saver *const s = user;
    (void)progress;
    return siamese_model_save(s->model, s->path, NULL) != SIAMESE_OK;
}

/* From the file, if there is one, to the end. */
static siamese_status train(const char *to)
{
    siamese_model *model;
    if (access(to, F_OK) != 0)
        model = make_small();
    else if (siamese_model_open(&model, to, NULL) != SIAMESE_OK)
        return SIAMESE_E_FORMAT;
    ok(siamese_model_set(model, "epochs", "12"));
    saver s = {model, to};
    siamese_status status = siamese_model_add_pairs(model, &pairs);
    if (status == SIAMESE_OK)
        status = siamese_model_resume(model, save_step, &s);
    if (status == SIAMESE_OK) status = siamese_model_save(model, to, NULL);
    siamese_model_free(model);
    return status;
}

/* Whether the child came to its end; else it was killed, after so many calls
 * for files, or by the clock. */
static int trained(long calls, useconds_t wait)
{
    int result = -1;
    pid_t const child = fork();
    if (child == 0) {
        if (calls >= 0) io_fail_after(calls, IO_KILL_BEFORE, 0);
        _exit(train(path) != SIAMESE_OK);
    }
    if (calls < 0) {
        usleep(wait);
        kill(child, SIGKILL);
    }
    assert_int_equal(waitpid(child, &result, 0), child);
    if (WIFSIGNALED(result)) {
        assert_int_equal(WTERMSIG(result), SIGKILL);
        return 0;
    }
    assert_int_equal(WEXITSTATUS(result), 0);
    return 1;
}

static void test_training__killed_and_resumed_has_the_same_bits(void **state)
{
    long const wanted = getenv("SIAMESE_TEST_LONG") ? 100 : 16;
    uint32_t seed = 7;
    long kills = 0;
    (void)state;
    ok(train(whole));
    while (kills < wanted) {
        unlink(path);
        for (int end = 0; !end;) {
            long const calls = test_lcg(&seed) >> 8 & 1023;
            end = kills % 2 ? trained(calls, 0)
                            : trained(-1, (useconds_t)(calls * 40));
            kills += !end;
            assert_true(files() <= 3);
        }
        expect_same_files(path, whole);
        assert_int_equal(files(), 2);
    }
    print_message("%ld kills\n", kills);
    reliability_count("kills of a training that was resumed", kills);
}

/* ---- a save ---- */

/* 0: the save came to its end. */
static int save_is_killed(const siamese_model *model, long call, io_fault fault)
{
    int result = -1;
    pid_t const child = fork();
    if (child == 0) {
        io_fail_after(call, fault, 0);
        _exit(siamese_model_save(model, path, NULL) != SIAMESE_OK);
    }
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFSIGNALED(result) || WEXITSTATUS(result) == 0);
    return WIFSIGNALED(result);
}

static int is_same(image a, image b)
{
    return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

static long kill_each_call(const siamese_model *model, image old, image new,
                           io_fault fault)
{
    long call = 0;
    for (int killed = 1; killed; call++) {
        FILE *const file = fopen(path, "wb");
        assert_int_equal(fwrite(old.bytes, 1, old.size, file), old.size);
        assert_int_equal(fclose(file), 0);
        killed = save_is_killed(model, call, fault);
        image now = bytes_of(path);
        assert_true(is_same(now, new) || (killed && is_same(now, old)));
        free(now.bytes);
        assert_true(files() <= 3); /* one without a lock, at most */
        ok(siamese_model_save(model, path, NULL));
        now = bytes_of(path);
        assert_true(is_same(now, new));
        free(now.bytes);
        assert_int_equal(files(), 2);
    }
    return call - 1;
}

static void test_save__killed_at_any_call_leaves_a_whole_file(void **state)
{
    siamese_model *model;
    long kills = 0;
    (void)state;
    io.no_sync = 1;
    image const old = bytes_of(whole);
    ok(siamese_model_open(&model, whole, NULL));
    ok(siamese_model_set(model, "epochs", "13"));
    ok(siamese_model_save(model, path, NULL));
    image const new = bytes_of(path);
    assert_false(is_same(old, new));
    for (io.no_nameless = 0; io.no_nameless < 2; io.no_nameless++) {
        kills += kill_each_call(model, old, new, IO_KILL_BEFORE);
        kills += kill_each_call(model, old, new, IO_KILL_AFTER);
    }
    io.no_nameless = 0;
    siamese_model_free(model);
    free(old.bytes);
    free(new.bytes);
    print_message("%ld kills\n", kills);
    reliability_count("kills of a save at a call for a file", kills);
}

/* ---- the order that outlives a power failure ---- */

static void expect_order(const char *first, const char *then)
{
    const char *const at = strstr(io.order, first);
    if (at == NULL || strstr(at, then) == NULL)
        fail_msg("%s before %s: %s", first, then, io.order);
}

/* Bytes, sync, name, sync of the folder; nothing is written behind the sync. */
static void test_save__syncs_the_file_and_then_its_name(void **state)
{
    siamese_model *model;
    (void)state;
    ok(siamese_model_open(&model, whole, NULL));
    for (io.no_nameless = 0; io.no_nameless < 2; io.no_nameless++) {
        io.order[0] = '\0';
        io.record = 1;
        ok(siamese_model_save(model, path, NULL));
        io.record = 0;
        expect_order("write ", "fsync ");
        if (!io.no_nameless) expect_order("fsync ", "linkat ");
        expect_order("fsync ", "renameat fsync ");
        assert_null(strstr(strstr(io.order, "fsync "), " write "));
    }
    io.no_nameless = 0;
    siamese_model_free(model);
}

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) return 1;
    snprintf(path, sizeof path, "%s/model", folder);
    snprintf(whole, sizeof whole, "%s/whole", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    unlink(whole);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_training__killed_and_resumed_has_the_same_bits),
        cmocka_unit_test(test_save__killed_at_any_call_leaves_a_whole_file),
        cmocka_unit_test(test_save__syncs_the_file_and_then_its_name),
    };
    return cmocka_run_group_tests_name("training_killed", tests, make_folder,
                                       remove_folder);
}
