/* cli_json.h: the figures of a verb as one line of JSON on standard output. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <jansson.h>

/* The line without its end, to be freed; NULL: memory has run out. */
char *cli_json_text(const json_t *object);

/* Takes the object. */
void cli_json_print(json_t *object);

#endif
