/* number.h: numbers from and to text, whatever the host's locale, and
 * however its threads round. */
#ifndef SM_NUMBER_H
#define SM_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* The whole of value[length], such as "0.001" or "1e-3"; 0 unless it is a
 * finite number. */
bool sm_parse_double(const char *value, size_t length, double *out);

/* The float nearest to that; 0 also beyond 3.4e38. */
bool sm_parse_float(const char *value, size_t length, float *out);

/* The shortest text of at least 6 digits that reads back as the same number. */
void sm_format_double(double value, char *text, size_t size);

#endif
