/* cli_id_integer.c: an id's text in, the integer that it is out, if it is one.
 * For files of ids. */
#include "data/cli_id_integer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cli_id_integer(siamese_text id, int64_t *value)
{
    char text[32], printed[32];

    if (id.size == 0 || id.size >= sizeof text) return 0;
    memcpy(text, id.data, id.size);
    text[id.size] = '\0';
    errno = 0;
    *value = strtoll(text, NULL, 10);
    snprintf(printed, sizeof printed, "%lld", (long long)*value);
    return errno == 0 && strcmp(text, printed) == 0;
}
