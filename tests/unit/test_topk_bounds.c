/* The same tests as test_topk.c, of vectors so long that they are counted by
 * bounds. */
#define TOPK_DIM 48
#include "test_topk.c"
