/* Invariants: ends the process in builds that check them, and nothing in
 * others. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/assert.h"

static int evaluated;

static int counted(int value)
{
    evaluated++;
    return value;
}

static void test_assert__of_what_holds_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(counted(1), 1);
    evaluated = 0;
    sm_assert(counted(1));
#ifdef SM_ASSERT
    assert_int_equal(evaluated, 1);
#else
    assert_int_equal(evaluated, 0);
#endif
}

/* What a child that runs into sm_assert(counted(0)) says; its status. */
static int run_child(char *text, size_t size)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t const child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        sm_assert(counted(0));
        _exit(0);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t got = 1; got > 0 && used + 1 < size; used += (size_t)got) {
        got = read(ends[0], text + used, size - 1 - used);
        if (got < 0) break;
    }
    text[used] = '\0';
    close(ends[0]);
    assert_true(waitpid(child, &status, 0) == child);
    return status;
}

static void test_assert__names_what_does_not_hold(void **state)
{
    char text[4096];
    (void)state;
    int const status = run_child(text, sizeof text);
#ifdef SM_ASSERT
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(text, "test_assert.c"));
    assert_non_null(strstr(text, "does not hold: counted(0)"));
#else
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_string_equal(text, "");
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_assert__of_what_holds_is_nothing),
        cmocka_unit_test(test_assert__names_what_does_not_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
