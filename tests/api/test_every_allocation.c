/* What siamese.h promises of every function when memory runs out: of each row
 * of every_functions each allocation fails in turn, once and then together with
 * all behind it. The call says SIAMESE_E_MEMORY, its results and all handles
 * are as before, nothing leaks, and with memory the same call has the same
 * result as one that never failed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include "api/every_sight.h"
#include "failing_malloc.h"
#include "reliability.h"

static long failed; /* allocations, for docs/reliability.md */

/* ---- rows ---- */

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
