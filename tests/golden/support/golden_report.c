#include "golden/support/golden_report.h"

#include <math.h>

/* What stands for "no number" in JSON, which has no infinity. */
#define NO_ERROR_KNOWN 1e30

static void give(golden_report *report, const golden_result *result)
{
    if (result->skipped)
        report->skipped++;
    else
        report->checks++;
    if (!result->skipped && !(result->error <= result->tolerance))
        report->failures++;
    report->result(report->user, result);
}

void golden_compared(golden_report *report, const char *check, double error,
                     double tolerance)
{
    golden_result const result = {
        report->name, check, isfinite(error) ? error : NO_ERROR_KNOWN,
        tolerance,    NULL,  NULL};
    give(report, &result);
}

void golden_exact(golden_report *report, const char *check, int equal)
{
    golden_compared(report, check, equal ? 0 : 1, 0);
}

void golden_failed(golden_report *report, const char *check, const char *reason)
{
    golden_result const result = {report->name, check, NO_ERROR_KNOWN, 0,
                                  reason,       NULL};
    give(report, &result);
}

void golden_skipped(golden_report *report, const char *check,
                    const char *reason)
{
    golden_result const result = {report->name, check, 0, 0, NULL, reason};
    give(report, &result);
}

/* ---- norms ---- */

double golden_largest(const float *a, const double *b, size_t rows, size_t dim)
{
    double largest = 0;
    for (size_t r = 0; r < rows; r++) {
        double row = 0;
        int known = 1;
        for (size_t i = r * dim; i < (r + 1) * dim; i++) {
            if (!isfinite(b[i])) known = 0;
            double const difference = fabs((double)a[i] - b[i]);
            /* a NaN of ours must not be lost */
            if (!(difference <= row)) row = difference;
            if (isnan(row)) row = INFINITY;
        }
        if (known && row > largest) largest = row;
    }
    return largest;
}

golden_norm golden_difference(const float *got, const double *wanted,
                              const double *base, size_t count)
{
    golden_norm norm = {0, 0};
    for (size_t i = 0; i < count; i++) {
        double const error = (double)got[i] - wanted[i];
        double const size = wanted[i] - (base ? base[i] : 0);
        norm.error += error * error;
        norm.size += size * size;
    }
    return norm;
}

golden_norm golden_norm_sum(golden_norm a, golden_norm b)
{
    return (golden_norm){a.error + b.error, a.size + b.size};
}

double golden_relative(golden_norm norm)
{
    double const size = norm.size > 0 ? norm.size : 1;
    return sqrt(norm.error / size);
}
