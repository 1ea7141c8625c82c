/* name_list.h: names one behind the other, for an error's text that says what
 * is accepted. What has no room is counted, not left out in silence. */
#ifndef SM_NAME_LIST_H
#define SM_NAME_LIST_H

#include <stddef.h>

typedef struct sm_name_list {
    char text[3072]; /* room beside it in the last error for what failed */
    size_t used, left_out;
} sm_name_list;

/* The list begins as {.used = 0}. */
void sm_name_list_add(sm_name_list *list, const char *name);

/* "a, b, c" or "a, b and 7 more"; "none" if there is none. */
const char *sm_name_list_text(sm_name_list *list);

#endif
