/* assert.c: how a build with SM_ASSERT ends where an invariant does not hold:
 * the one place of lib that prints or ends the process, and no part of a build
 * without. */
#include "common/assert.h"

#ifdef SM_ASSERT

#include <stdio.h>
#include <stdlib.h>

void sm_assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

#else

typedef int sm_assert_nothing; /* a source has at least one declaration */

#endif
