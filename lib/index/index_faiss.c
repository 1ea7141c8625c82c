/* index_faiss.c: a call of FAISS in, a status out, on the calling thread alone.
 * For all files of the index that call FAISS. */
#include "index/index_faiss.h"

#include <string.h>

#include "common/memory.h"

/* OpenMP's, by its standard. FAISS is compiled for libgomp whatever compiles
 * us, and another compiler's <omp.h> may be missing, or of another library. */
int omp_get_max_threads(void);
void omp_set_num_threads(int threads);

/* More than libgomp and FAISS take in small pieces while they work. */
enum { MEMORY_AT_HAND = 256 * 1024 };

sm_status sm_faiss_enter(sm_faiss_region *region)
{
    void *const reserve = sm_alloc(MEMORY_AT_HAND);
    if (reserve == NULL) return sm_fail_memory();
    sm_free(reserve);
    region->threads = omp_get_max_threads();
    omp_set_num_threads(1);
    return SIAMESE_OK;
}

void sm_faiss_leave(const sm_faiss_region *region)
{
    omp_set_num_threads(region->threads);
}

static sm_status status_of(int code, const char *text)
{
    if (text == NULL) text = "unknown error";
    /* std::bad_alloc and std::bad_array_new_length name themselves; libfaiss_c
     * keeps just the base of a standard exception, and FAISS throws no
     * other. A thread without memory for a text has "out of memory". */
    if (strcmp(text, "out of memory") == 0 || strstr(text, "bad_alloc") ||
        strstr(text, "bad_array_new_length") ||
        strcmp(text, "std::exception") == 0)
        return sm_fail_memory();
    return sm_fail(SIAMESE_E_INTERNAL, "FAISS (%d): %.400s", code, text);
}

sm_status sm_faiss_status(int code)
{
    return code == 0 ? SIAMESE_OK : status_of(code, faiss_get_last_error());
}

sm_status sm_faiss_extension_status(int code)
{
    return code == 0 ? SIAMESE_OK : status_of(code, sm_faiss_last_error());
}
