/* blis_host.h: stands between BLIS and the process, so that BLIS takes no
 * memory that was not reserved, reads no environment and never ends it. */
#ifndef SM_BLIS_HOST_H
#define SM_BLIS_HOST_H

#include <stddef.h>

#include "common/status.h"

/*
 * BLIS keeps its pack buffers for the life of the process and calls abort()
 * when it gets none. The build renames its calls of malloc, free, getenv,
 * abort and of the printing functions to the functions of blis_host.c
 * (blis_host.redefine), and this file keeps two promises to them:
 *
 *   - A call of BLIS runs only in a slot, and a slot exists only when all the
 *     memory that one more call at once can ask for has been mapped before.
 *   - That memory is mapped from the system, not taken from the host's
 *     allocator: it outlives every handle.
 */

/* Maps memory for `slots` calls at once; SIAMESE_E_MEMORY when there is none,
 * with what was reserved before untouched. Any thread may call it. */
sm_status sm_blis_reserve(size_t slots);

/* Take and give back the right to call BLIS. Without a free slot one more is
 * reserved, or, where memory has run out, waited for. */
void sm_blis_enter(void);
void sm_blis_leave(void);

/* For tests, before the first reserve: the kernels of this BLIS architecture
 * (its arch_t) instead of the machine's; -1 undoes it. */
void sm_blis_force_arch(int arch);

#endif
