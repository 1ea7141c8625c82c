/* small_world.h: the pairs of small_pairs.h as the fixture of a program of
 * tests: cmocka_run_group_tests(tests, setup, teardown). */
#ifndef SMALL_WORLD_H
#define SMALL_WORLD_H

#include "small_pairs.h"

static small_pairs world;

static int setup(void **state)
{
    (void)state;
    small_pairs_create(&world);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    small_pairs_free(&world);
    return 0;
}

#endif
