/* number.c: text in, double out, and back, as in the C locale whatever the host
 * has set. For options and fields of numbers. */
#include "common/number.h"

#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/size.h"

/* What the host's locale has for a decimal point: one byte or more. */
typedef struct decimal_point {
    char text[16];
    size_t size;
} decimal_point;

static decimal_point locale_point(void)
{
    decimal_point point;
    char sample[sizeof point.text + 2];
    int const length = snprintf(sample, sizeof sample, "%.1f", 0.5);
    point.size = sm_min((size_t)length, sizeof sample - 1) - 2;
    memcpy(point.text, sample + 1, point.size);
    return point;
}

/* strtod, printf and conversions round as the host's thread does, and may take
 * small numbers for 0; a number is the same to every host. What the thread had
 * is to be given back by fesetenv. */
static fenv_t plain_arithmetic(void)
{
    fenv_t before;
    fegetenv(&before);
    fesetenv(FE_DFL_ENV);
    return before;
}

bool sm_parse_double(const char *value, size_t length, double *out)
{
    char text[64 + sizeof(decimal_point)];
    if (length == 0 || length >= 64) return false;
    memcpy(text, value, length);
    text[length] = '\0';
    if (strspn(text, "0123456789.eE+-") != length) return false;
    char *const point = strchr(text, '.');
    if (point) {
        decimal_point const local = locale_point();
        memmove(point + local.size, point + 1, strlen(point));
        memcpy(point, local.text, local.size);
    }
    char *end;
    fenv_t const before = plain_arithmetic();
    *out = strtod(text, &end);
    fesetenv(&before);
    return *end == '\0' && isfinite(*out);
}

bool sm_parse_float(const char *value, size_t length, float *out)
{
    double exact;
    if (!sm_parse_double(value, length, &exact) || exact < -3.4e38 ||
        exact > 3.4e38)
        return false;
    fenv_t const before = plain_arithmetic();
    *out = (float)exact;
    fesetenv(&before);
    return true;
}

void sm_format_double(double value, char *text, size_t size)
{
    fenv_t const before = plain_arithmetic();
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        double const again = strtod(text, NULL);
        /* by their bits: a host may take small numbers for 0 */
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
        if (memcmp(&again, &value, sizeof value) == 0) break;
    }
    fesetenv(&before);
    char *const point = text + strspn(text, "+-0123456789");
    decimal_point const local = locale_point();
    if (strncmp(point, local.text, local.size) != 0) return;
    memmove(point + 1, point + local.size, strlen(point + local.size) + 1);
    *point = '.';
}
