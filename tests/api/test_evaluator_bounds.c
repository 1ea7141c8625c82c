/* The same tests as test_evaluator_vectors.c, of vectors so long that ranks are
 * counted by bounds. */
#define EVALUATOR_DIM 37
#include "test_evaluator_vectors.c"
