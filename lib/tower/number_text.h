/*
 * number_text.h: the texts of a field of numbers: so many decimal numbers, with
 * white space, one comma, or one comma and white space between them. A text of
 * white space alone, of any kind that Unicode has, is as absent as an empty
 * one.
 */
#ifndef SM_NUMBER_TEXT_H
#define SM_NUMBER_TEXT_H

#include <stdbool.h>

#include "common/status.h"

bool sm_number_text_absent(const siamese_text *text);

/*
 * The numbers of a text that is not absent into out[count]. SIAMESE_E_ARGUMENT,
 * naming the field, for other text, a number too few or too many, none between
 * two commas, or one that is no float.
 */
sm_status sm_number_text_read(const siamese_text *text, const char *field,
                              size_t count, float *out);

#endif
