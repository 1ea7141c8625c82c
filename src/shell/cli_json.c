/* cli_json.c: figures in, one line of JSON out. For eval, info and bench. */
#include "shell/cli_json.h"

#include <stdio.h>
#include <stdlib.h>

#include "shell/cli_message.h"

void cli_json_print(json_t *object)
{
    char *const text = json_dumps(object, JSON_REAL_PRECISION(15));

    if (!text) cli_fail("the result cannot be written as JSON");
    puts(text);
    free(text);
    json_decref(object);
}
