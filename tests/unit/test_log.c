/* The log hook: which levels reach it, and long messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/log.h"
#include "common/status.h"

static struct {
    size_t count;
    int32_t level;
    char message[2000];
} heard;

static void hear(void *user, int32_t level, const char *message)
{
    assert_ptr_equal(user, &heard);
    heard.count++;
    heard.level = level;
    strncpy(heard.message, message, sizeof heard.message - 1);
}

static void test_log__reaches_the_hook_up_to_its_level(void **state)
{
    (void)state;
    sm_log(SIAMESE_LOG_ERROR, "nobody hears %d", 1);
    for (int32_t level = 0; level <= SIAMESE_LOG_DEBUG; level++) {
        assert_int_equal(siamese_set_log(hear, &heard, level), 0);
        heard.count = 0;
        for (int32_t at = SIAMESE_LOG_ERROR; at <= SIAMESE_LOG_DEBUG; at++) {
            sm_log(at, "%s %d", "number", 7);
            assert_int_equal(heard.count, at < level ? at : level);
        }
        if (level) assert_string_equal(heard.message, "number 7");
        if (level) assert_int_equal(heard.level, level);
    }
    assert_int_equal(siamese_set_log(NULL, NULL, 0), 0);
}

static void test_log__cuts_long_messages(void **state)
{
    char text[1500];
    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(siamese_set_log(hear, &heard, SIAMESE_LOG_DEBUG), 0);
    sm_log(SIAMESE_LOG_INFO, "%s", text);
    assert_in_range(strlen(heard.message), 100, 600);
    assert_int_equal(siamese_set_log(NULL, NULL, 0), 0);
}

static void test_log__waits_for_the_release_of_a_lock(void **state)
{
    (void)state;
    assert_int_equal(siamese_set_log(hear, &heard, SIAMESE_LOG_DEBUG), 0);
    heard.count = 0;
    sm_log_hold();
    sm_log(SIAMESE_LOG_WARN, "first");
    sm_log_hold();
    sm_log(SIAMESE_LOG_INFO, "%s", "second");
    sm_log_release();
    assert_int_equal(heard.count, 0);
    sm_log_release();
    assert_int_equal(heard.count, 2);
    assert_string_equal(heard.message, "second");
    assert_int_equal(heard.level, SIAMESE_LOG_INFO);
    sm_log_hold();
    sm_log_release();
    assert_int_equal(heard.count, 2);
    sm_log(SIAMESE_LOG_INFO, "at once");
    assert_int_equal(heard.count, 3);
    assert_int_equal(siamese_set_log(NULL, NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log__reaches_the_hook_up_to_its_level),
        cmocka_unit_test(test_log__cuts_long_messages),
        cmocka_unit_test(test_log__waits_for_the_release_of_a_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
