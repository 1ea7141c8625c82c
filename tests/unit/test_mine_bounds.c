/* The same tests as test_mine.c, of vectors so long that items are ranked by
 * bounds. */
#define SMALL_UNITS 24
#include "test_mine.c"
