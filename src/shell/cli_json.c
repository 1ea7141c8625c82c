/* cli_json.c: figures in, one line of JSON out. For eval, info, bench and
 * serve. */
#include "shell/cli_json.h"

#include <stdio.h>
#include <stdlib.h>

#include "shell/cli_message.h"

char *cli_json_text(const json_t *object)
{
    return json_dumps(object, JSON_REAL_PRECISION(15));
}

void cli_json_print(json_t *object)
{
    char *const text = cli_json_text(object);

    if (!text) cli_fail("the result cannot be written as JSON");
    puts(text);
    free(text);
    json_decref(object);
}
