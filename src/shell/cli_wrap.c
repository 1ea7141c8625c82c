/* cli_wrap.c: a text in, lines out. For whatever explains itself. */
#include "shell/cli_wrap.h"

#include <stdio.h>
#include <string.h>

void cli_wrap_print(const char *text, int at, int indent, int width)
{
    int is_first = 1;

    if (at < indent)
        at += printf("%*s", indent - at, "");
    else
        at += printf("  ");
    while (*text) {
        int const size = (int)strcspn(text, " ");
        if (!is_first && at + 1 + size > width)
            at = printf("\n%*s", indent, "") - 1;
        else if (!is_first)
            at += printf(" ");
        at += printf("%.*s", size, text);
        text += size + (text[size] == ' ');
        is_first = 0;
    }
    putchar('\n');
}
