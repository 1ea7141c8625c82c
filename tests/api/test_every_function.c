/* What siamese.h promises of every function: the last error stays over a
 * success, NULL is an error that names the argument or is allowed, a result
 * without room says what it needs, and a failure changes nothing. */
#include <setjmp.h>
#include <stdarg.h>

#include "api/every_call.h"

static int complaints;

/* All rows are tried before the test fails. */
static void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    complaints++;
}

static const char mark[] = "a mark that stays";

/* A failure of our own, which a success must not touch. */
static char marked[8192];

static void mark_error(void)
{
    assert_int_equal(siamese_preset_get(mark, 0, NULL), SIAMESE_E_OPTION);
    snprintf(marked, sizeof marked, "%s", siamese_last_error());
    assert_non_null(strstr(marked, mark));
}

/* ---- what a failure leaves alone ---- */

typedef struct before {
    unsigned char *results[EVERY_ARGUMENTS];
    image handles;
} before;

static before look(void)
{
    before b = {.handles = {.size = 0}};
    for (int i = 0; i < EVERY_ARGUMENTS; i++) {
        const every_argument *const a = &f->arguments[i];
        if (a->kind != EVERY_RESULT) continue;
        b.results[i] = malloc(a->size);
        memcpy(b.results[i], a->at, a->size);
    }
    if (!f->alone) b.handles = write_bundle(w.bundle);
    return b;
}

/* filled: bits of the results that may have changed. */
static void assert_untouched(before *b, unsigned filled, const char *what)
{
    for (int i = 0; i < EVERY_ARGUMENTS; i++) {
        const every_argument *const a = &f->arguments[i];
        if (b->results[i] == NULL) continue;
        if (!(filled & 1u << i) && memcmp(b->results[i], a->at, a->size))
            complain("%s, %s: %s has changed", f->name, what, a->name);
        free(b->results[i]);
    }
    if (f->alone) return;
    image now = write_bundle(w.bundle);
    if (now.size != b->handles.size ||
        memcmp(now.bytes, b->handles.bytes, now.size))
        complain("%s, %s: a handle has changed", f->name, what);
    free(now.bytes);
    free(b->handles.bytes);
}

static void expect_failure(siamese_status status, siamese_status wanted,
                           const char *name, const char *what)
{
    if (status != wanted)
        complain("%s, %s: %s", f->name, what, siamese_status_name(status));
    if (strcmp(siamese_last_error(), marked) == 0)
        complain("%s, %s: no error text", f->name, what);
    if (!strstr(siamese_last_error(), name))
        complain("%s, %s: '%s' does not name %s", f->name, what,
                 siamese_last_error(), name);
}

/* The world's handle that out is to receive is none yet. */
static void expect_success(int null, const char *what)
{
    if (!begin()) return;
    mark_error();
    siamese_status const status = call(null, capacity);
    if (status)
        complain("%s, %s: %s: %s", f->name, what, siamese_status_name(status),
                 siamese_last_error());
    if (strcmp(siamese_last_error(), marked))
        complain("%s, %s: the last error became '%s'", f->name, what,
                 siamese_last_error());
    free_made();
    end();
}

static void test_success__leaves_the_last_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < EVERY_COUNT; i++) {
        f = &every_functions[i];
        expect_success(-1, "with all arguments");
    }
    assert_int_equal(complaints, 0);
}

static void test_null__is_allowed_or_names_the_argument(void **state)
{
    (void)state;
    for (size_t i = 0; i < EVERY_COUNT; i++)
        for (int null = 0; null < EVERY_ARGUMENTS; null++) {
            char what[64];
            f = &every_functions[i];
            const every_argument *const a = &f->arguments[null];
            if (a->kind == EVERY_NONE) continue;
            snprintf(what, sizeof what, "%s is NULL", a->name);
            if (a->may_be_null) {
                expect_success(null, what);
                continue;
            }
            if (!begin()) continue;
            w.out = &w;
            before seen = look();
            mark_error();
            expect_failure(call(null, capacity), SIAMESE_E_ARGUMENT, a->name,
                           what);
            assert_untouched(&seen, 0, what);
            end();
        }
    assert_int_equal(complaints, 0);
}

/* Room for `less` fewer than the result needs; SIZE_MAX: for none. */
static void expect_no_room(int null, size_t less)
{
    char what[64];
    const char *const name = f->arguments[f->buffer].name;
    if (!begin()) return;
    size_t const room = less < capacity ? capacity - less : 0;
    snprintf(what, sizeof what, "%s with room for %zu", name, room);
    before seen = look();
    unsigned filled = f->fills;
    for (int i = 0; i < EVERY_ARGUMENTS; i++)
        if (f->counts && f->arguments[i].at == &w.needed) filled |= 1u << i;
    mark_error();
    expect_failure(call(null, room), SIAMESE_E_RANGE, name, what);
    if (f->counts && w.needed != capacity - (size_t)f->nul)
        complain("%s, %s: %zu are needed", f->name, what, w.needed);
    assert_untouched(&seen, filled, what);
    end();
}

static void test_capacity__that_is_too_small_says_what_is_needed(void **state)
{
    (void)state;
    for (size_t i = 0; i < EVERY_COUNT; i++) {
        f = &every_functions[i];
        if (f->capacity == 0) continue;
        expect_no_room(-1, SIZE_MAX);
        expect_no_room(-1, 1);
        if (!f->arguments[f->buffer].may_be_null)
            expect_no_room(f->buffer, SIZE_MAX);
    }
    assert_int_equal(complaints, 0);
}

/* ---- the table is whole ---- */

static int has_row(const char *name)
{
    for (size_t i = 0; i < EVERY_COUNT; i++)
        if (strcmp(every_functions[i].name, name) == 0) return 1;
    return 0;
}

static void test_table__has_every_exported_function(void **state)
{
    const char *const data = getenv("SIAMESE_TEST_DATA");
    char path[4096], line[256];
    size_t exported = 0;
    (void)state;
    snprintf(path, sizeof path, "%s/../../lib/siamese.map",
             data ? data : "tests/data");
    FILE *const map = fopen(path, "r");
    if (map == NULL) fail_msg("%s cannot be read", path);
    while (fgets(line, sizeof line, map)) {
        char name[128];
        if (sscanf(line, " %127[a-z0-9_];", name) != 1 ||
            strncmp(name, "siamese_", 8) != 0 || !strchr(line, ';'))
            continue;
        exported++;
        if (!has_row(name)) complain("%s has no row", name);
    }
    fclose(map);
    assert_int_equal(complaints, 0);
    assert_int_equal(exported, EVERY_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table__has_every_exported_function),
        cmocka_unit_test(test_success__leaves_the_last_error),
        cmocka_unit_test(test_null__is_allowed_or_names_the_argument),
        cmocka_unit_test(test_capacity__that_is_too_small_says_what_is_needed),
    };
    return cmocka_run_group_tests_name("every_function", tests, NULL, NULL);
}
