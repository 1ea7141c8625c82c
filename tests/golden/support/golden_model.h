/* golden_model.h: the model cases: weights in, vectors, gradients, losses and
 * trained weights out, each compared in the norm of its tolerance. */
#ifndef GOLDEN_MODEL_H
#define GOLDEN_MODEL_H

#include "golden/support/golden_report.h"

/* The case in group/name, where group is ".../keras" or ".../torch". */
void golden_run_model(golden_report *report, const char *group,
                      const char *name);

#endif
