/* CRC32 against the value that standards give, and against zlib's, for every
 * size, place and beginning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

#include "math/crc32.h"
#include "random_numbers.h"

static void test_crc32__is_the_one_of_the_standards(void **state)
{
    (void)state;
    assert_int_equal(sm_crc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(sm_crc32(0, NULL, 0), 0);
    assert_int_equal(sm_crc32(77, NULL, 0), 77);
}

static void test_crc32__is_that_of_zlib(void **state)
{
    (void)state;
    enum { MOST = 400, LARGE = 1 << 20 };
    unsigned char *const bytes = malloc(LARGE);
    uint32_t seed = 5;
    for (size_t i = 0; i < LARGE; i++)
        bytes[i] = (unsigned char)(test_lcg(&seed) >> 16);
    for (size_t size = 1; size < MOST; size++)
        for (size_t at = 0; at < 17; at++) {
            uint32_t const crc = at ? test_lcg(&seed) : 0;
            assert_int_equal(sm_crc32(crc, bytes + at, size),
                             crc32_z(crc, bytes + at, size));
        }
    for (size_t size = 1; size < LARGE; size = size * 3 + 1)
        assert_int_equal(sm_crc32(9, bytes, size), crc32_z(9, bytes, size));
    free(bytes);
}

static void test_crc32__goes_on_behind_bytes(void **state)
{
    (void)state;
    unsigned char bytes[1000];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * i);
    uint32_t const whole = (uint32_t)crc32_z(0, bytes, sizeof bytes);
    for (size_t cut = 0; cut <= sizeof bytes; cut++)
        assert_int_equal(
            sm_crc32(sm_crc32(0, bytes, cut), bytes + cut, sizeof bytes - cut),
            whole);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc32__is_the_one_of_the_standards),
        cmocka_unit_test(test_crc32__is_that_of_zlib),
        cmocka_unit_test(test_crc32__goes_on_behind_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
