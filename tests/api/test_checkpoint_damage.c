/* Damaged and made-up checkpoints, memory and disks that run out, and savers
 * that are killed: a clear error, never a crash, nothing half done. */
#include "api/checkpoint_parts.h"
#include "sanitized.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static parts all;
static siamese_bundle *towers, *trainer, *packed; /* bundles */
static image file, training, packed_file;         /* as checkpoints */

static int setup(void **state)
{
    (void)state;
    make_parts(&all);
    ok(siamese_bundle_create(&towers));
    ok(siamese_bundle_set_query_tower(towers, all.query));
    ok(siamese_bundle_set_item_tower(towers, all.item));
    ok(siamese_bundle_set_index(towers, all.index));
    ok(siamese_bundle_set_section(towers, "titles", "one\ntwo\n", 8));
    ok(siamese_bundle_create(&trainer));
    ok(siamese_bundle_set_trainer(trainer, all.trainer));
    file = write_bundle(towers);
    training = write_bundle(trainer);
    packed = packed_bundle(&all);
    packed_file = write_bundle(packed);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    siamese_bundle_free(towers);
    siamese_bundle_free(trainer);
    siamese_bundle_free(packed);
    free_parts(&all);
    free(file.bytes);
    free(packed_file.bytes);
    free(training.bytes);
    assert_int_equal(scarce.live, 0);
    return 0;
}

static int32_t load_finished; /* whether try_load leaves the trainer out */

/* Loads without believing it: whatever comes, memory is bounded and given
 * back. */
static siamese_status try_load(const unsigned char *bytes, size_t size,
                               siamese_bundle **out)
{
    siamese_load_options options;
    ok(siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    options.max_bytes = 1 << 20;
    options.finished = load_finished;
    *out = NULL;
    size_t const live = scarce.live;
    scarce.peak = live;
    siamese_status const status =
        siamese_checkpoint_load_memory(out, bytes, size, &options);
    if (status != SIAMESE_OK) {
        assert_null(*out);
        assert_int_equal(scarce.live, live);
    }
    /* zlib's state and buffers are the most of it */
    assert_true(scarce.peak - live < 4u << 20);
    return status;
}

static void check_cut(const image *whole)
{
    siamese_bundle *bundle;
    for (size_t size = 0; size < whole->size; size++) {
        unsigned char *const cut = malloc(size + !size);
        memcpy(cut, whole->bytes, size);
        assert_int_equal(try_load(cut, size, &bundle), SIAMESE_E_FORMAT);
        free(cut);
    }
}

static void test_damage__is_seen_in_a_file_cut_at_any_byte(void **state)
{
    (void)state;
    check_cut(&file);
    check_cut(&training);
    check_cut(&packed_file);
}

/* Bits from one that is flipped to the next: all, but where all is slow. */
static size_t bit_stride(void)
{
    const char *const preload = getenv("LD_PRELOAD"); /* valgrind's way in */
#if SANITIZED
    return 13;
#endif
    return preload && strstr(preload, "valgrind") ? 101 : 1;
}

static void check_flips(const image *whole)
{
    for (size_t bit = 0; bit < 8 * whole->size; bit += bit_stride()) {
        siamese_bundle *bundle;
        whole->bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        siamese_status const status =
            try_load(whole->bytes, whole->size, &bundle);
        whole->bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (status != SIAMESE_E_VERSION)
            assert_int_equal(status, SIAMESE_E_FORMAT);
    }
}

static void test_damage__is_seen_in_any_single_bit(void **state)
{
    (void)state;
    check_flips(&file);
    check_flips(&training);
    load_finished = 1;
    check_flips(&training);
    load_finished = 0;
    check_flips(&packed_file);
}

static void expect_damage_named(const char *name, size_t at, const char *path)
{
    siamese_bundle *bundle;
    FILE *const out = fopen(path, "wb");
    assert_non_null(out);
    file.bytes[at] ^= 0x55;
    assert_int_equal(fwrite(file.bytes, 1, file.size, out), file.size);
    fclose(out);
    file.bytes[at] ^= 0x55;
    assert_int_equal(siamese_checkpoint_load(&bundle, path, NULL),
                     SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), path));
    assert_non_null(strstr(siamese_last_error(), name));
}

static void test_damage__is_told_by_file_and_section(void **state)
{
    (void)state;
    char path[] = "/tmp/siamese-test-XXXXXX";
    siamese_section_info infos[16];
    size_t count, offset = 16;
    int const fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    ok(siamese_checkpoint_save(path, towers, NULL));
    for (int i = 0; i < 16; i++) infos[i].struct_size = sizeof *infos;
    ok(siamese_checkpoint_info(path, infos, 16, &count, NULL));
    assert_int_equal(count, 7); /* layout, 2 vocab, 2 towers, index, titles */
    for (size_t i = 0; i < count; i++) {
        char name[80];
        snprintf(name, sizeof name, "section %s", infos[i].name);
        expect_damage_named(name, offset + infos[i].stored_size / 2, path);
        offset += infos[i].stored_size;
    }
    expect_damage_named("section table", offset + 5, path);
    expect_damage_named("not a checkpoint", 0, path);
    expect_damage_named("end mark", file.size - 1, path);
    unlink(path);
}

static void test_damage__newer_versions_are_told_from_it(void **state)
{
    (void)state;
    siamese_bundle *bundle;
    file.bytes[8] = 2;
    assert_int_equal(try_load(file.bytes, file.size, &bundle),
                     SIAMESE_E_VERSION);
    assert_non_null(strstr(siamese_last_error(), "format version 2"));
}

static void test_limit__holds_for_files_memory_and_streams(void **state)
{
    (void)state;
    siamese_bundle *bundle;
    siamese_load_options options;
    ok(siamese_load_options_init(&options, sizeof options));
    options.max_bytes = 100;
    assert_int_equal(siamese_checkpoint_load_memory(&bundle, file.bytes,
                                                    file.size, &options),
                     SIAMESE_E_LIMIT);
    assert_int_equal(
        siamese_checkpoint_read(&bundle, image_read, &file, &options),
        SIAMESE_E_LIMIT);
    assert_non_null(strstr(siamese_last_error(), "max_bytes"));
}

/* ---- memory and writes that fail ---- */

static void check_scarce_load(const image *whole)
{
    for (long n = 0;; n++) {
        siamese_bundle *bundle;
        scarce.left = n;
        siamese_status const status =
            try_load(whole->bytes, whole->size, &bundle);
        scarce.left = -1;
        if (status == SIAMESE_OK) {
            siamese_bundle_free(bundle);
            assert_true(n > 20);
            return;
        }
        assert_int_equal(status, SIAMESE_E_MEMORY);
    }
}

static void check_scarce_save(const siamese_bundle *bundle, int32_t finished,
                              const image *whole)
{
    siamese_save_options options;
    image to = {.writes_left = -1};
    ok(siamese_save_options_init(&options, sizeof options));
    options.finished = finished;
    for (long n = 0;; n++) {
        size_t const live = scarce.live;
        to.size = 0;
        scarce.left = n;
        siamese_status const status =
            siamese_checkpoint_write(image_write, &to, bundle, &options);
        scarce.left = -1;
        assert_int_equal(scarce.live, live);
        if (status == SIAMESE_OK) break;
        assert_int_equal(status, SIAMESE_E_MEMORY);
    }
    if (whole) {
        assert_int_equal(to.size, whole->size);
        assert_memory_equal(to.bytes, whole->bytes, to.size);
    }
    free(to.bytes);
}

static void test_memory__may_fail_at_any_allocation(void **state)
{
    (void)state;
    check_scarce_load(&file);
    check_scarce_load(&training);
    check_scarce_load(&packed_file);
    check_scarce_save(towers, 0, &file);
    check_scarce_save(trainer, 0, &training);
    check_scarce_save(trainer, 1, NULL);
    check_scarce_save(packed, 1, &packed_file);
}

static void test_write__may_fail_at_any_call(void **state)
{
    (void)state;
    image to = {.writes_left = -1};
    long n = 0;
    for (;; n++) {
        to.size = 0;
        to.writes_left = n;
        siamese_status const status =
            siamese_checkpoint_write(image_write, &to, towers, NULL);
        if (status == SIAMESE_OK) break;
        assert_int_equal(status, SIAMESE_E_IO);
        assert_non_null(strstr(siamese_last_error(), "write"));
    }
    assert_true(n > 10);
    free(to.bytes);
}

/* ---- files ---- */

static char folder[64];

static char *in_folder(const char *name)
{
    static char paths[4][128];
    static int next;
    char *const path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/* Removes what is in the folder; says how much. */
static int empty_folder(void)
{
    int count = 0;
    DIR *const dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (unlink(path) != 0) rmdir(path);
        count++;
    }
    closedir(dir);
    return count;
}

static int setup_folder(void **state)
{
    strcpy(folder, "/tmp/siamese-test-XXXXXX");
    if (mkdtemp(folder) == NULL) return 1;
    return setup(state);
}

static int teardown_folder(void **state)
{
    empty_folder();
    rmdir(folder);
    return teardown(state);
}

static void expect_no_save(const char *path, const char *reason)
{
    assert_int_equal(siamese_checkpoint_save(path, towers, NULL), SIAMESE_E_IO);
    assert_non_null(strstr(siamese_last_error(), path));
    assert_non_null(strstr(siamese_last_error(), reason));
}

static void expect_no_load(const char *path, siamese_status code,
                           const char *reason)
{
    siamese_bundle *bundle;
    siamese_section_info info = {.struct_size = sizeof info};
    assert_int_equal(siamese_checkpoint_load(&bundle, path, NULL), code);
    const char *const named = strstr(siamese_last_error(), path);
    assert_non_null(named);
    assert_null(strstr(named + 1, path)); /* once */
    assert_non_null(strstr(siamese_last_error(), reason));
    assert_int_equal(siamese_checkpoint_info(path, &info, 1, NULL, NULL), code);
}

static void test_file__errors_name_path_and_reason(void **state)
{
    (void)state;
    expect_no_save("/dev/full", "No space left on device");
    expect_no_save(folder, "is a folder");
    expect_no_save(in_folder("none/model"), "No such file or directory");
    expect_no_load(folder, SIAMESE_E_IO, "is a folder");
    expect_no_load(in_folder("none"), SIAMESE_E_IO, "No such file");
    FILE *const empty = fopen(in_folder("empty"), "w");
    fclose(empty);
    expect_no_load(in_folder("empty"), SIAMESE_E_FORMAT, "empty");
    FILE *const text = fopen(in_folder("text"), "w");
    fputs("id,product_title\n", text);
    fclose(text);
    expect_no_load(in_folder("text"), SIAMESE_E_FORMAT, "not a checkpoint");
    FILE *const letter = fopen(in_folder("letter"), "w");
    fputs("i", letter);
    fclose(letter);
    expect_no_load(in_folder("letter"), SIAMESE_E_FORMAT, "not a checkpoint");
    assert_int_equal(empty_folder(), 3);
}

static void test_file__of_old_stays_when_the_disk_is_full(void **state)
{
    (void)state;
    char *const path = in_folder("model");
    ok(siamese_checkpoint_save(path, towers, NULL));
    for (size_t limit = 0; limit < file.size; limit += 100) {
        pid_t const child = fork();
        if (child == 0) {
            struct rlimit const most = {limit, limit};
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &most);
            /* SIGKILL means well: at an exit valgrind would count as lost what
             * the child has of its parent */
            if (siamese_checkpoint_save(path, towers, NULL) == SIAMESE_E_IO)
                kill(getpid(), SIGKILL);
            _exit(1);
        }
        int result;
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_true(WIFSIGNALED(result) && WTERMSIG(result) == SIGKILL);
    }
    siamese_bundle *bundle;
    ok(siamese_checkpoint_load(&bundle, path, NULL));
    siamese_bundle_free(bundle);
    assert_int_equal(empty_folder(), 1);
}

/* Saves two bundles in turn over one path until it is killed. */
static void save_for_ever(const char *path)
{
    for (int i = 0;; i++)
        if (siamese_checkpoint_save(path, i % 2 ? towers : trainer, NULL))
            _exit(1);
}

static void expect_one_of_both(const char *path)
{
    unsigned char bytes[65536];
    FILE *const in = fopen(path, "rb");
    assert_non_null(in);
    size_t const size = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    const image *const same = size == file.size ? &file : &training;
    assert_int_equal(size, same->size);
    assert_memory_equal(bytes, same->bytes, size);
}

static void test_file__is_whole_after_a_kill_at_any_moment(void **state)
{
    (void)state;
    char *const path = in_folder("model");
    assert_int_not_equal(file.size, training.size);
    ok(siamese_checkpoint_save(path, towers, NULL));
    int const rounds = getenv("SIAMESE_TEST_LONG") ? 500 : 50;
    for (int i = 0; i < rounds; i++) {
        int result;
        pid_t const child = fork();
        if (child == 0) save_for_ever(path);
        usleep((useconds_t)(300 + 1237 * i % 10000));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_true(WIFSIGNALED(result));
        expect_one_of_both(path);
    }
    ok(siamese_checkpoint_save(path, towers, NULL));
    expect_one_of_both(path);
    assert_int_equal(empty_folder(), 1);
}

static void test_info__asks_for_room_and_gives_the_table(void **state)
{
    (void)state;
    char *const path = in_folder("model");
    siamese_section_info infos[8];
    size_t needed = 0;
    ok(siamese_checkpoint_save(path, towers, NULL));
    assert_int_equal(siamese_checkpoint_info(path, NULL, 0, &needed, NULL),
                     SIAMESE_E_RANGE);
    assert_int_equal(needed, 7);
    for (int i = 0; i < 8; i++) infos[i].struct_size = sizeof *infos;
    ok(siamese_checkpoint_info(path, infos, 8, &needed, NULL));
    assert_string_equal(infos[0].name, "layout");
    assert_string_equal(infos[6].name, "titles");
    assert_int_equal(infos[6].user, 1);
    assert_int_equal(infos[6].size, 8);
    /* by Python: zlib.crc32(b"one\ntwo\n") */
    assert_int_equal(infos[6].crc32, 0x12ba0be6);
    infos[1].struct_size = 4;
    assert_int_equal(siamese_checkpoint_info(path, infos, 8, &needed, NULL),
                     SIAMESE_E_ARGUMENT);
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define WITH_FOLDER(test)                                                      \
    cmocka_unit_test_setup_teardown(test, setup_folder, teardown_folder)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WITH_FILES(test_damage__is_seen_in_a_file_cut_at_any_byte),
        WITH_FILES(test_damage__is_seen_in_any_single_bit),
        WITH_FILES(test_damage__is_told_by_file_and_section),
        WITH_FILES(test_damage__newer_versions_are_told_from_it),
        WITH_FILES(test_limit__holds_for_files_memory_and_streams),
        WITH_FILES(test_memory__may_fail_at_any_allocation),
        WITH_FILES(test_write__may_fail_at_any_call),
        WITH_FOLDER(test_file__errors_name_path_and_reason),
        WITH_FOLDER(test_file__of_old_stays_when_the_disk_is_full),
        WITH_FOLDER(test_file__is_whole_after_a_kill_at_any_moment),
        WITH_FOLDER(test_info__asks_for_room_and_gives_the_table),
    };
    use_scarce_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
