/* golden_report.h: what comes out of a comparison, and where it goes. */
#ifndef GOLDEN_REPORT_H
#define GOLDEN_REPORT_H

#include <stddef.h>

typedef struct golden_result {
    const char *name;  /* of the case: "keras/notebook" */
    const char *check; /* the file it compares: "forward0.titles" */
    double error;      /* 0 or 1 where only equality will do */
    double tolerance;
    const char *failed;  /* the library's error, where it gave no answer */
    const char *skipped; /* why there is nothing to compare yet, or NULL */
} golden_result;

typedef struct golden_report {
    void (*result)(void *user, const golden_result *result);
    void *user;
    const char *name; /* of the case that runs */
    size_t checks, failures, skipped;
} golden_report;

void golden_compared(golden_report *report, const char *check, double error,
                     double tolerance);
/* Exact: error 0 if equal, else 1; tolerance 0. */
void golden_exact(golden_report *report, const char *check, int equal);
void golden_failed(golden_report *report, const char *check,
                   const char *reason);
void golden_skipped(golden_report *report, const char *check,
                    const char *reason);

/* ---- the norms of the tolerances ---- */

/* Largest |a - b|; rows where b is not finite are left out. [rows][dim] */
double golden_largest(const float *a, const double *b, size_t rows, size_t dim);

/* Squares of a difference and of what it is measured by, summed. */
typedef struct golden_norm {
    double error, size;
} golden_norm;

/* ||got - wanted|| against ||wanted - base||; base may be NULL. */
golden_norm golden_difference(const float *got, const double *wanted,
                              const double *base, size_t count);
golden_norm golden_norm_sum(golden_norm a, golden_norm b);
/* The quotient of the roots; the error itself if the size is 0. */
double golden_relative(golden_norm norm);

#endif
