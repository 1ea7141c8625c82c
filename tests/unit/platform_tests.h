/* platform_tests.h: what platform.h promises, for the tests of the system's own
 * calls and for those of what stands in where there are none. */
#ifndef PLATFORM_TESTS_H
#define PLATFORM_TESTS_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
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

#include "common/platform.h"

static char platform_folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(platform_folder, "/tmp/siamese-XXXXXX");
    return mkdtemp(platform_folder) == NULL || chdir(platform_folder) != 0;
}

/* Empty, or a test has left something. */
static int remove_folder(void **state)
{
    (void)state;
    return chdir("/") != 0 || rmdir(platform_folder) != 0;
}

static void test_platform__errors_have_the_texts_of_strerror(void **state)
{
    char text[128];
    (void)state;
    assert_string_equal(sm_error_text(ENOENT, text, sizeof text),
                        strerror(ENOENT));
    assert_string_equal(sm_error_text(ENOSPC, text, sizeof text),
                        strerror(ENOSPC));
    assert_true(strlen(sm_error_text(123456, text, sizeof text)) > 0);
}

static void test_platform__locks_keep_other_files_out(void **state)
{
    (void)state;
    int const first = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);
    int const second = open("file", O_RDWR);
    assert_true(first >= 0 && second >= 0);
    assert_true(sm_file_lock(first));
    assert_false(sm_file_lock(second));
    assert_true(sm_file_lock(first));
    close(first);
    assert_true(sm_file_lock(second));
    close(second);
    unlink("file");
}

static void test_platform__syncs_files_and_folders(void **state)
{
    (void)state;
    int const file = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);
    int const folder = open(".", O_RDONLY | O_DIRECTORY);
    assert_int_equal(write(file, "x", 1), 1);
    assert_int_equal(sm_file_sync(file), 0);
    assert_int_equal(sm_file_sync(folder), 0);
    close(file);
    close(folder);
    unlink("file");
    errno = 0;
    assert_int_equal(sm_file_sync(file), -1);
    assert_int_equal(errno, EBADF);
}

/* ---- sinks ---- */

typedef struct written {
    char bytes[1 << 16];
    size_t size, calls;
    size_t room; /* fails once this would be passed */
} written;

static sm_status keep(void *context, const void *data, size_t size)
{
    written *const w = context;
    w->calls++;
    if (size > w->room - w->size) return SIAMESE_E_IO;
    memcpy(w->bytes + w->size, data, size);
    w->size += size;
    return SIAMESE_OK;
}

static void test_platform__sinks_pass_all_bytes_on_in_order(void **state)
{
    static written w;
    sm_writer writer = {keep, &w};
    sm_sink sink;
    (void)state;
    w = (written){.room = sizeof w.bytes};
    assert_int_equal(sm_sink_open(&sink, &writer), SIAMESE_OK);
    for (int i = 0; i < 5000; i++) fprintf(sink.file, "%d,", i);
    assert_int_equal(sm_sink_close(&sink), SIAMESE_OK);
    assert_int_equal(w.size, 10 * 2 + 90 * 3 + 900 * 4 + 4000 * 5);
    const char *at = w.bytes;
    for (int i = 0; i < 5000; i++) {
        char number[16];
        int const size = snprintf(number, sizeof number, "%d,", i);
        assert_memory_equal(at, number, (size_t)size);
        at += size;
    }
}

static void test_platform__sinks_hand_the_writers_failure_back(void **state)
{
    static written w;
    sm_writer writer = {keep, &w};
    sm_sink sink;
    (void)state;
    w = (written){.room = 100};
    assert_int_equal(sm_sink_open(&sink, &writer), SIAMESE_OK);
    for (int i = 0; i < 5000; i++) fprintf(sink.file, "%d,", i);
    assert_int_equal(sm_sink_close(&sink), SIAMESE_E_IO);
    assert_int_equal(w.calls, 1);
}

/* ---- locks of readers and writers ---- */

typedef struct comers {
    sm_rwlock lock;
    char order[4];
    size_t count;
} comers;

static void *write_once(void *argument)
{
    comers *const c = argument;
    sm_rwlock_write(&c->lock);
    c->order[c->count++] = 'w';
    sm_rwlock_unlock(&c->lock);
    return NULL;
}

static void *read_once(void *argument)
{
    comers *const c = argument;
    sm_rwlock_read(&c->lock);
    c->order[c->count++] = 'r';
    sm_rwlock_unlock(&c->lock);
    return NULL;
}

static bool writer_waits(sm_rwlock *rwlock)
{
    if (pthread_mutex_trylock(&rwlock->gate) != 0) return true;
    pthread_mutex_unlock(&rwlock->gate);
    if (pthread_rwlock_tryrdlock(&rwlock->lock) != 0) return true;
    pthread_rwlock_unlock(&rwlock->lock);
    return false;
}

/* A reader that comes behind a waiting writer could go in at once, beside the
 * reader there is. */
static void test_platform__a_waiting_writer_goes_first(void **state)
{
    static comers c;
    pthread_t writer, reader;
    (void)state;
    c = (comers){.count = 0};
    assert_int_equal(sm_rwlock_init(&c.lock), 0);
    sm_rwlock_read(&c.lock);
    assert_int_equal(pthread_create(&writer, NULL, write_once, &c), 0);
    while (!writer_waits(&c.lock)) sched_yield();
    assert_int_equal(pthread_create(&reader, NULL, read_once, &c), 0);
    for (int i = 0; i < 1000; i++) sched_yield();
    sm_rwlock_unlock(&c.lock);
    pthread_join(writer, NULL);
    pthread_join(reader, NULL);
    assert_string_equal(c.order, "wr");
    sm_rwlock_destroy(&c.lock);
}

static void test_platform__readers_are_there_together(void **state)
{
    static comers c;
    pthread_t reader;
    (void)state;
    c = (comers){.count = 0};
    assert_int_equal(sm_rwlock_init(&c.lock), 0);
    sm_rwlock_read(&c.lock);
    assert_int_equal(pthread_create(&reader, NULL, read_once, &c), 0);
    pthread_join(reader, NULL);
    assert_string_equal(c.order, "r");
    sm_rwlock_unlock(&c.lock);
    sm_rwlock_destroy(&c.lock);
}

#define PLATFORM_TESTS                                                         \
    cmocka_unit_test(test_platform__errors_have_the_texts_of_strerror),        \
        cmocka_unit_test(test_platform__locks_keep_other_files_out),           \
        cmocka_unit_test(test_platform__syncs_files_and_folders),              \
        cmocka_unit_test(test_platform__sinks_pass_all_bytes_on_in_order),     \
        cmocka_unit_test(test_platform__sinks_hand_the_writers_failure_back),  \
        cmocka_unit_test(test_platform__a_waiting_writer_goes_first), \
        cmocka_unit_test(test_platform__readers_are_there_together)

#endif
