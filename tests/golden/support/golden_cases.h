/* golden_cases.h: finds the cases of a folder and runs them all. */
#ifndef GOLDEN_CASES_H
#define GOLDEN_CASES_H

#include "golden/support/golden_report.h"

/*
 * folder/keras/text, then each folder/keras/NAME and folder/torch/NAME that has
 * a config.json. Returns how many groups of cases there were.
 */
size_t golden_run_all(golden_report *report, const char *folder);

#endif
