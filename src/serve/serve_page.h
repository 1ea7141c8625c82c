/* serve_page.h: the search page: one file each of HTML, style and script, which
 * the command has inside. */
#ifndef SERVE_PAGE_H
#define SERVE_PAGE_H

#include "serve/serve_answer.h"

/* The file at a path: "/", "/page.css" or "/page.js". 0: there is none. */
int serve_page(const char *path, serve_answer *answer);

/* What the page may load and do: what comes from its own address alone. */
extern const char serve_page_policy[];

#endif
