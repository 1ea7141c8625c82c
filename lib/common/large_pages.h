/* large_pages.h: pages of some MB in place of 4 KB, for memory whose rows are
 * read and written in no order: of 4 KB, each row has one to be looked up. */
#ifndef SM_LARGE_PAGES_H
#define SM_LARGE_PAGES_H

#include <stddef.h>

/* Asks the system for them where it gives them to those that ask alone, as most
 * Linux systems do. It may refuse; nothing else changes, errno neither. */
void sm_large_pages_ask(void *memory, size_t size);

#endif
