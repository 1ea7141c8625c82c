/* slow_machine.h: whether a test runs where all takes a hundred times as long,
 * as under valgrind: it looks at the same then, at less of it. */
#ifndef SLOW_MACHINE_H
#define SLOW_MACHINE_H

#include <stdbool.h>
#include <stdlib.h>

static inline bool is_slow_machine(void)
{
    return getenv("SIAMESE_TEST_SLOW") != NULL;
}

#endif
