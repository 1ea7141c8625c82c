/* thread.h: what each thread has of its own, as long as there is memory for it:
 * its last error, the flag that it watches, the messages that it keeps. */
#ifndef SM_THREAD_H
#define SM_THREAD_H

#include <stdatomic.h>
#include <stddef.h>

/* Of the text of siamese_last_error, with its NUL. */
enum { SM_ERROR_SIZE = 4096 };

typedef struct sm_thread {
    const atomic_int *watched;  /* cancel.c */
    size_t holds;               /* log.c */
    struct sm_message *waiting; /* log.c; the last one first */
    char last_error[SM_ERROR_SIZE];
} sm_thread;

/*
 * The calling thread's; NULL: there is no memory for it. In a library that was
 * loaded by dlopen the C library makes it at its first touch, and ends the
 * process where it cannot: so nobody touches it but by this function.
 */
sm_thread *sm_this_thread(void);

/* That the thread failed and had no memory to say why; it is told so. */
void sm_thread_lost_error(void);

/* The text of its last error. */
const char *sm_thread_error(void);

#endif
