/* What siamese.h promises of every function when memory runs out: of each row
 * of every_functions each allocation fails in turn, once and then together with
 * all behind it. The call says SIAMESE_E_MEMORY, its results and all handles
 * are as before, nothing leaks, and with memory the same call has the same
 * result as one that never failed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include "api/every_call.h"
#include "failing_malloc.h"
#include "reliability.h"

static int complaints;
static long failed; /* allocations, for docs/reliability.md */

static void complain(const char *name, long n, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s, allocation %ld: ", name, n);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    complaints++;
}

/* With all arguments, and nothing read or written by streams yet. */
static siamese_status call_afresh(void)
{
    w.read = 0;
    free(w.again.bytes);
    w.again = (image){.writes_left = -1};
    return call(-1, capacity);
}

/* ---- what there is to see of the world ---- */

/* The bytes of a checkpoint of all handles that one can hold. */
typedef struct sight {
    image bundle, model;
    unsigned char *results[EVERY_ARGUMENTS];
} sight;

static int32_t write_model(void *user, const void *data, size_t size)
{
    return image_write(user, data, size);
}

static sight look(void)
{
    sight s = {.model.writes_left = -1};
    for (int i = 0; i < EVERY_ARGUMENTS; i++) {
        const every_argument *const a = &f->arguments[i];
        if (a->kind != EVERY_RESULT) continue;
        s.results[i] = malloc(a->size);
        memcpy(s.results[i], a->at, a->size);
    }
    if (f->alone) return s;
    if (w.bundle) s.bundle = write_bundle(w.bundle);
    if (w.model) ok(siamese_model_write(w.model, write_model, &s.model, NULL));
    return s;
}

static void close_eyes(sight *s)
{
    for (int i = 0; i < EVERY_ARGUMENTS; i++) free(s->results[i]);
    free(s->bundle.bytes);
    free(s->model.bytes);
}

static int same_image(image a, image b)
{
    return a.size == b.size && (!a.size || !memcmp(a.bytes, b.bytes, a.size));
}

/* A handle that would have been made. Buffers may be half written. */
static int is_handle(const void *at)
{
    return at == &w.out || at == &w.out2;
}

/* Results that are numbers or letters, not places in memory or times. */
static int is_comparable(const void *at)
{
    return at == w.ids || at == w.floats || at == w.doubles || at == w.sizes ||
           at == &w.needed || at == w.bytes || at == &w.number ||
           at == w.present || at == &w.stats || at == &w.counts;
}

static void compare_results(const sight *a, const sight *b,
                            int (*is_one)(const void *at), long n,
                            const char *what)
{
    for (int i = 0; i < EVERY_ARGUMENTS; i++) {
        const every_argument *const at = &f->arguments[i];
        if (a->results[i] == NULL || !is_one(at->at)) continue;
        if (memcmp(a->results[i], b->results[i], at->size))
            complain(f->name, n, "%s: %s differs", what, at->name);
    }
}

static void compare_handles(const sight *a, const sight *b, long n,
                            const char *what)
{
    if (!same_image(a->bundle, b->bundle))
        complain(f->name, n, "%s: a handle of the bundle differs", what);
    if (!same_image(a->model, b->model))
        complain(f->name, n, "%s: the model differs", what);
}

/* ---- rows ---- */

/* Room for the call of a world of its own; what it shows goes to seen. */
static int unbroken(sight *seen)
{
    if (!begin()) return 0;
    siamese_status const status = call_afresh();
    if (status)
        complain(f->name, -1, "%s: %s", siamese_status_name(status),
                 siamese_last_error());
    *seen = look();
    free_made();
    end();
    return status == SIAMESE_OK;
}

/* Is one of memory, or of the C library that had none for a file. */
static int is_of_memory(siamese_status status)
{
    return status == SIAMESE_E_MEMORY ||
           (status == SIAMESE_E_IO &&
            strstr(siamese_last_error(), strerror(ENOMEM)));
}

static void expect_nothing_changed(const sight *before, siamese_status status,
                                   long n)
{
    char error[1024];
    snprintf(error, sizeof error, "%s", siamese_last_error());
    if (!is_of_memory(status))
        complain(f->name, n, "%s: %s", siamese_status_name(status), error);
    if (error[0] == '\0') complain(f->name, n, "no error text");
    sight now = look();
    compare_results(before, &now, is_handle, n, "after a failure");
    if (!f->goes_on) compare_handles(before, &now, n, "after a failure");
    close_eyes(&now);
}

/* Allocations 0, 1, 2, ... fail until the call meets no failure. */
static void torture(void (*starve)(long allocations), const sight *wanted)
{
    int more = begin();
    sight before = look();
    for (long n = 0; more; n++) {
        starve(n);
        siamese_status const status = call_afresh();
        more = failures > 0;
        failed += more;
        starve(-1);
        if (status) {
            expect_nothing_changed(&before, status, n);
            if (more) continue;
            break;
        }
        sight now = look();
        compare_results(wanted, &now, is_comparable, n, "the same call");
        compare_handles(wanted, &now, n, "the same call");
        close_eyes(&now);
        free_made();
        if (!more) break;
        /* it did without: once more, in a world that has not seen it */
        close_eyes(&before);
        end();
        more = begin();
        before = look();
    }
    close_eyes(&before);
    end();
}

static void each_row(void (*starve)(long allocations))
{
    for (size_t i = 0; i < EVERY_COUNT; i++) {
        sight wanted;
        f = &every_functions[i];
        if (!strcmp(f->name, "siamese_set_allocator")) continue;
        if (!unbroken(&wanted)) continue;
        torture(starve, &wanted);
        close_eyes(&wanted);
    }
    assert_int_equal(complaints, 0);
}

static void test_one_allocation__fails_and_nothing_changes(void **state)
{
    (void)state;
    each_row(fail_after);
}

static void test_all_allocations__fail_and_nothing_changes(void **state)
{
    (void)state;
    each_row(fail_from);
}

static int use_allocator(void **state)
{
    siamese_allocator const allocator = {sizeof allocator, NULL, allocate,
                                         reallocate, deallocate};
    (void)state;
    (void)siamese_preset_get("none", 0, NULL); /* an error to ask for */
    return siamese_set_allocator(&allocator) != SIAMESE_OK;
}

/* Refused while a handle is left. */
static int restore_allocator(void **state)
{
    (void)state;
    print_message("%ld allocations failed\n", failed);
    reliability_count("allocations failed", failed);
    return siamese_set_allocator(NULL) != SIAMESE_OK;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_allocation__fails_and_nothing_changes),
        cmocka_unit_test(test_all_allocations__fail_and_nothing_changes),
    };
    return cmocka_run_group_tests_name("every_allocation", tests, use_allocator,
                                       restore_allocator);
}
