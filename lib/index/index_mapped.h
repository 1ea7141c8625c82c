/* index_mapped.h: the vectors of an index that stay in their file: ids in
 * memory, the codes of a list from its first search on, floats read where they
 * are wanted. For index_lists, which owns it, and index_map, which opens it. It
 * never changes, so any threads may read it at once. */
#ifndef SM_INDEX_MAPPED_H
#define SM_INDEX_MAPPED_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "index/index_places.h"
#include "math/bound_codes.h"

/* The two sections of a file that an index is read from. */
typedef enum sm_file_part { SM_FILE_VECTORS, SM_FILE_MAP } sm_file_part;

/* The file, however it is read. */
typedef struct sm_index_file {
    /* Fills data[size] with the unpacked bytes of a section from `offset` on,
     * from any thread; all of them, or a failure. */
    sm_status (*read)(void *context, sm_file_part part, uint64_t offset,
                      void *data, size_t size);
    void (*close)(void *context);
    void *context;
    uint64_t sizes[2]; /* of the sections' unpacked bytes */
} sm_index_file;

/* A vector's id and where it stands. */
typedef struct sm_id_place {
    int64_t id;
    sm_place place;
} sm_id_place;

typedef struct sm_mapped {
    sm_index_file file;
    size_t dim, nlist;
    size_t piece_rows; /* vectors whose codes have one CRC32 */
    size_t *starts;    /* [nlist + 1]: vectors of the lists before */
    size_t *pieces;    /* [nlist + 1]: pieces of the lists before */
    int64_t *ids;      /* [starts[nlist]], list after list */
    uint64_t floats;   /* where the lists begin in their section */
    uint64_t *codes;   /* [nlist + 1]: where the codes of a list begin */
    uint32_t *crcs;    /* [pieces[nlist]] of the pieces */

    pthread_mutex_t lock;         /* of what is made when it is first wanted: */
    atomic_bool *are_read;        /* [nlist]: a list's codes */
    _Atomic(sm_id_place *) order; /* [starts[nlist]], by id, then by place */
} sm_mapped;

/* Takes the file over, after a failure too. sizes[nlist] of the lists. */
sm_status sm_mapped_create(sm_mapped **out, const sm_index_file *file,
                           size_t dim, size_t piece_rows, const int64_t *sizes,
                           size_t nlist);
void sm_mapped_free(sm_mapped *mapped);

static inline size_t sm_mapped_size(const sm_mapped *mapped, size_t list)
{
    return mapped->starts[list + 1] - mapped->starts[list];
}

/* vectors[count][dim]: rows first .. first + count - 1 of a list. */
sm_status sm_mapped_read(const sm_mapped *mapped, size_t list, size_t first,
                         size_t count, float *vectors);

/* Reads the codes of a list to *codes, once, whoever asks. SIAMESE_E_FORMAT if
 * they are damaged. */
sm_status sm_mapped_codes(sm_mapped *mapped, size_t list, sm_codes *codes);

/* Where vectors of an id stand: places->place, and behind it as long as the id
 * is the same, up to *end; the first call sorts all ids. */
sm_status sm_mapped_find(sm_mapped *mapped, int64_t id,
                         const sm_id_place **places, const sm_id_place **end);

/* Bytes of memory that it takes. */
size_t sm_mapped_memory(const sm_mapped *mapped);

#endif
