/* name_list.c: names in one by one, one line of text out that says how many had
 * no room. For errors that list what is accepted. */
#include "common/name_list.h"

#include <stdio.h>
#include <string.h>

/* " and 18446744073709551615 more" and a NUL. */
enum { MARK = 32 };

void sm_name_list_add(sm_name_list *list, const char *name)
{
    size_t const room = sizeof list->text - MARK - list->used;
    const char *const between = list->used ? ", " : "";
    size_t const length = strlen(between) + strlen(name);
    if (list->left_out || length >= room) {
        list->left_out++; /* and all behind it, so that the list is a whole */
        return;
    }
    snprintf(list->text + list->used, room, "%s%s", between, name);
    list->used += length;
}

const char *sm_name_list_text(sm_name_list *list)
{
    if (list->used == 0) return "none";
    if (list->left_out)
        snprintf(list->text + list->used, MARK, " and %zu more",
                 list->left_out);
    return list->text;
}
