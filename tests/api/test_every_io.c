/* What siamese.h promises of every function when the system's calls for files
 * fail: of each row of every_functions each open, read, write, sync, link,
 * rename, close and so on fails in turn, by itself and with all behind it, or
 * comes to less than was asked for. The call succeeds with the bits of one that
 * met no fault, or says SIAMESE_E_IO with file and reason; its results and all
 * handles are as before then. The file is the old one or the new one, whole;
 * nothing lies beside it, no descriptor is open, and the next call has the same
 * result as one that never failed. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>

#include "api/every_sight.h"
#include "faulty_io.h"
#include "reliability.h"
#include "sanitized.h"

typedef struct kind {
    const char *name;
    io_fault fault;
    int error;
    int lasts;
} kind;

/* A signal only interrupts calls that can wait; no call takes it amiss. */
static const kind kinds[] = {
    {"EIO", IO_ERROR, EIO, 0},          {"EIO from there", IO_ERROR, EIO, 1},
    {"ENOSPC", IO_ERROR, ENOSPC, 0},    {"EDQUOT", IO_ERROR, EDQUOT, 1},
    {"EMFILE", IO_ERROR, EMFILE, 0},    {"EINTR", IO_ERROR, EINTR, 0},
    {"half the bytes", IO_SHORT, 0, 1}, {"no bytes", IO_ZERO, 0, 1}};

static long faults;     /* for docs/reliability.md */
static const kind *now; /* the fault of this round */

static int is_in(const char *word, const char *words)
{
    size_t const size = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += size)
        if ((at == words || at[-1] == ' ') &&
            (at[size] == ' ' || at[size] == '\0'))
            return 1;
    return 0;
}

static void complain_of(long n, const char *what, const char *more)
{
    complain(f->name, n, "%s of %s: %s %s", now ? now->name : "no fault",
             io.call ? io.call : "none", what, more);
}

/* ---- what there is to see of the system ---- */

static int open_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++) count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Is anything beside the world's file? */
static int is_left(void)
{
    int count = 0;
    DIR *const folder = opendir(every_folder);
    if (folder == NULL) return 0; /* the row has no world */
    for (struct dirent *e; (e = readdir(folder)) != NULL;)
        count += strcmp(e->d_name, ".") && strcmp(e->d_name, "..") &&
                 strcmp(e->d_name, "model");
    closedir(folder);
    return count > 0;
}

static image file_now(void)
{
    image bytes = {.writes_left = -1};
    char block[4096];
    FILE *const file = fopen(every_path, "rb");
    if (file == NULL) return bytes;
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
        image_write(&bytes, block, got);
    fclose(file);
    return bytes;
}

/* ---- a call with a fault ---- */

typedef struct wish {
    sight seen;
    image file;
} wish;

static void expect_message(siamese_status status, long n)
{
    const char *const error = siamese_last_error();
    int const at_end = now->fault == IO_ZERO;
    if (status != SIAMESE_E_IO)
        complain_of(n, siamese_status_name(status), error);
    else if (!strstr(error, every_path))
        complain_of(n, "does not name the file:", error);
    else if (!at_end && !strstr(error, strerror(now->error)))
        complain_of(n, "does not name the reason:", error);
    if (now->error == EINTR &&
        is_in(io.call, "open openat read pread write fsync close"))
        complain_of(n, "a signal is taken for a failure:", error);
    if (now->fault == IO_SHORT) complain_of(n, "fails:", error);
}

/* A failure that comes after the new file has its name says so. */
static void expect_file(const image *before, const image *wanted,
                        siamese_status status, long n)
{
    image found = file_now();
    int const is_new =
        status == SIAMESE_OK || strstr(siamese_last_error(), "is replaced");
    if (!same_image(found, is_new ? *wanted : *before))
        complain_of(n, "the file is not", is_new ? "the new one" : "the old");
    free(found.bytes);
    if (is_new && !f->alone) every_file();
}

/* Who may neither look at what he has made nor remove it leaves it, without
 * its lock, to the next call. */
static void expect_nothing_left(int descriptors, long n)
{
    if (open_descriptors() != descriptors)
        complain_of(n, "leaves a descriptor", "");
    if (!is_left()) return;
    if (!now->lasts && !is_in(io.call, "unlinkat fstat fstatat"))
        complain_of(n, "leaves a file", "");
    if (call_afresh() != SIAMESE_OK)
        complain_of(n, "the next call fails:", siamese_last_error());
    free_made();
    if (is_left()) complain_of(n, "the next call leaves a file", "");
    every_file();
}

static int same_handles(const sight *a, const sight *b)
{
    return same_image(a->bundle, b->bundle) && same_image(a->model, b->model);
}

/* 0: no call met the fault; 2: one did, and the world is another now. */
static int call_with_fault(long n, const sight *before, const wish *wanted)
{
    char error[1024];
    image const old = file_now();
    int const descriptors = open_descriptors();
    io.lasts = now->lasts;
    io_fail_after(n, now->fault, now->error);
    siamese_status const status = call_afresh();
    long const met = io.hits;
    io_fail_after(-1, IO_ERROR, 0);
    faults += met;
    snprintf(error, sizeof error, "%s", siamese_last_error());
    if (status) expect_message(status, n);
    if (!f->alone) expect_file(&old, &wanted->file, status, n);
    expect_nothing_left(descriptors, n);
    free(old.bytes);
    int is_changed = 0;
    sight seen = look();
    if (status) {
        compare_results(before, &seen, is_handle, n, now->name);
        if (!f->goes_on) compare_handles(before, &seen, n, now->name);
    } else {
        compare_results(&wanted->seen, &seen, is_comparable, n, now->name);
        compare_handles(&wanted->seen, &seen, n, now->name);
        is_changed = !same_handles(before, &seen);
        free_made();
    }
    close_eyes(&seen);
    return met > 0 ? 1 + is_changed : 0;
}

/* Calls 0, 1, 2, ... fail until none meets the fault. */
static void each_call(const wish *wanted)
{
    int more = begin();
    sight before = look();
    for (long n = 0; more; n++) {
        more = call_with_fault(n, &before, wanted);
        if (more < 2) continue;
        /* it did without: once more, in a world that has not seen it */
        close_eyes(&before);
        end();
        more = begin();
        before = look();
    }
    close_eyes(&before);
    end();
}

/* How many of the system's calls the row makes, and what becomes of all. */
static long unbroken_io(wish *wanted)
{
    long calls = 0;
    if (!begin()) return 0;
    io.order[0] = '\0';
    io.record = 1;
    io_fail_after(1L << 40, IO_ERROR, 0);
    siamese_status const status = call_afresh();
    io.record = 0;
    calls = (1L << 40) - io.countdown;
    io_fail_after(-1, IO_ERROR, 0);
    if (status) complain_of(-1, siamese_status_name(status), "");
    wanted->seen = look();
    wanted->file = file_now();
    free_made();
    end();
    return calls;
}

static void each_row(void)
{
    for (size_t i = 0; i < EVERY_COUNT; i++) {
        wish wanted = {0};
        f = &every_functions[i];
        now = NULL;
        io.spares = 0;
        long const calls = unbroken_io(&wanted);
        if (io.no_nameless && !is_in("openat", io.order)) {
            close_eyes(&wanted.seen);
            free(wanted.file.bytes);
            continue; /* it writes no file */
        }
        for (size_t k = 0; calls > 0 && k < sizeof kinds / sizeof *kinds;
             k += SANITIZED ? 3 : 1) {
            now = &kinds[k];
            io.spares = k > 0; /* how many processors there are */
            each_call(&wanted);
        }
        close_eyes(&wanted.seen);
        free(wanted.file.bytes);
    }
    assert_int_equal(complaints, 0);
}

static void test_each_call__fails_and_no_file_is_lost(void **state)
{
    (void)state;
    each_row();
}

/* A file system whose files have a name from the first. */
static void test_each_call__fails_where_files_have_names(void **state)
{
    (void)state;
    io.no_nameless = 1;
    each_row();
    io.no_nameless = 0;
}

static int ask(void **state)
{
    (void)state;
    (void)siamese_preset_get("none", 0, NULL); /* an error to ask for */
    io.no_sync = 1;
    return 0;
}

static int tell(void **state)
{
    (void)state;
    print_message("%ld calls for files failed or came short\n", faults);
    reliability_count("calls for files failed or short", faults);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_call__fails_and_no_file_is_lost),
        cmocka_unit_test(test_each_call__fails_where_files_have_names),
    };
    return cmocka_run_group_tests_name("every_io", tests, ask, tell);
}
