/* process.h: which process this is, of those that fork from one another. */
#ifndef SM_PROCESS_H
#define SM_PROCESS_H

#include <stdint.h>

/*
 * A number that differs from that of every process that this one was forked
 * from, directly or not, also where a process id comes again. Never 0. From any
 * thread; takes no lock and no memory.
 */
uint64_t sm_process_number(void);

#endif
