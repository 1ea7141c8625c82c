/* cli_json.h: the figures of a verb as one line of JSON on standard output. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <jansson.h>

/* Takes the object. */
void cli_json_print(json_t *object);

#endif
