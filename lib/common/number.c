#include "common/number.h"

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

int sm_parse_double(const char *value, size_t length, double *out)
{
    char text[64 + sizeof(decimal_point)];
    if (length == 0 || length >= 64) return 0;
    memcpy(text, value, length);
    text[length] = '\0';
    if (strspn(text, "0123456789.eE+-") != length) return 0;
    char *const point = strchr(text, '.');
    if (point) {
        decimal_point const local = locale_point();
        memmove(point + local.size, point + 1, strlen(point));
        memcpy(point, local.text, local.size);
    }
    char *end;
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out);
}

void sm_format_double(double value, char *text, size_t size)
{
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    char *const point = text + strspn(text, "+-0123456789");
    decimal_point const local = locale_point();
    if (strncmp(point, local.text, local.size) != 0) return;
    memmove(point + 1, point + local.size, strlen(point + local.size) + 1);
    *point = '.';
}
