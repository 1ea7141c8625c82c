/* serve_page.c: a path in, a file of the page out. For the routes. */
#include "serve/serve_page.h"

#include <string.h>

#include "shell/cli_embedded.h"

CLI_EMBEDDED(cli_page_html);
CLI_EMBEDDED(cli_page_css);
CLI_EMBEDDED(cli_page_js);

const char serve_page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

int serve_page(const char *path, serve_answer *answer)
{
    static const struct {
        const char *path, *type;
        const cli_embedded *file;
    } files[] = {{"/", "text/html; charset=utf-8", &cli_page_html},
                 {"/page.css", "text/css; charset=utf-8", &cli_page_css},
                 {"/page.js", "text/javascript; charset=utf-8", &cli_page_js}};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (strcmp(path, files[i].path) == 0) {
            serve_answer_static(answer, files[i].type, files[i].file->data,
                                files[i].file->size);
            return 1;
        }
    return 0;
}
