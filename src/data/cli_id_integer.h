/*
 * cli_id_integer.h: ids as a file has them, texts, to integers. Files of ids
 * call it, those that are written and those that name items of a host's model.
 */
#ifndef CLI_ID_INTEGER_H
#define CLI_ID_INTEGER_H

#include <siamese/siamese.h>

/* Whether the text is an integer as a program prints it: "7", not "007". */
int cli_id_integer(siamese_text id, int64_t *value);

#endif
