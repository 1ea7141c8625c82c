/* evaluator.h: the handle that measures rankings, query by query, and keeps the
 * sums of their figures. */
#ifndef SM_EVALUATOR_H
#define SM_EVALUATOR_H

#include "common/options.h"

extern const sm_option_table sm_evaluator_option_table;

#endif
