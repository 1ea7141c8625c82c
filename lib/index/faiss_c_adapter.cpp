/* faiss_c_adapter.cpp: FAISS's C API where no libfaiss_c has it, and the few
 * calls beyond any C API. The only C++ of the index; exceptions end here. */
#include "index/faiss_c_adapter.h"

#include <algorithm>
#include <exception>
#include <stdexcept>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/impl/FaissException.h>
#include <faiss/index_io.h>
#include <faiss/invlists/InvertedLists.h>

/* SM_HAVE_faiss_X for each function that libfaiss_c provides. */
#include "faiss_c_has.h"

extern "C" {
#include "common/status.h"
}

namespace
{

/* The text is the thread's last error; index_faiss.c makes a status of it. */
int caught(int code, const char *text)
{
    (void)sm_fail(SIAMESE_E_INTERNAL, "%.400s", text);
    return code;
}

/* Runs the function; what it throws becomes a FaissErrorCode. */
template <class Function> int guarded(Function function)
{
    try {
        function();
        return 0;
    } catch (const faiss::FaissException &e) {
        return caught(-2, e.what());
    } catch (const std::exception &e) {
        return caught(-4, e.what());
    } catch (...) {
        return caught(-1, "unknown error");
    }
}

const faiss::IndexIVF *ivf(const FaissIndexIVF *index)
{
    return reinterpret_cast<const faiss::IndexIVF *>(index);
}

faiss::IndexIVF *ivf(FaissIndexIVF *index)
{
    return reinterpret_cast<faiss::IndexIVF *>(index);
}

/* Later versions of FAISS hold bytes in a class that tells no capacity. */
template <class Bytes>
auto room_of(const Bytes &bytes, int) -> decltype(bytes.capacity())
{
    return bytes.capacity();
}

template <class Bytes> std::size_t room_of(const Bytes &bytes, long)
{
    return bytes.size();
}

/* As much as an append would make. Nothing is written: whoever fills the room
 * is the first to touch it. */
template <class Numbers>
auto make_room(Numbers &numbers, std::size_t more, int)
    -> decltype(numbers.reserve(more), void())
{
    std::size_t const size = numbers.size();
    if (more > numbers.capacity() - size)
        numbers.reserve(size + std::max(size, more));
}

template <class Numbers>
void make_room(Numbers &numbers, std::size_t more, long)
{
    std::size_t const size = numbers.size();
    numbers.resize(size + more);
    numbers.resize(size);
}

void make_room_by_size(faiss::InvertedLists &lists, std::size_t list,
                       std::size_t more)
{
    std::size_t const size = lists.list_size(list);
    try {
        lists.resize(list, size + more);
    } catch (...) {
        lists.resize(list, size);
        throw;
    }
    lists.resize(list, size);
}

} // namespace

/* ---- (a) the C API where there is no libfaiss_c ---- */

extern "C" {

#ifndef SM_HAVE_faiss_get_last_error
const char *faiss_get_last_error()
{
    return siamese_last_error();
}
#endif

#ifndef SM_HAVE_faiss_Index_free
void faiss_Index_free(FaissIndex *index)
{
    delete reinterpret_cast<faiss::Index *>(index);
}
#endif

#ifndef SM_HAVE_faiss_Index_add
int faiss_Index_add(FaissIndex *index, idx_t n, const float *x)
{
    return guarded([&] { reinterpret_cast<faiss::Index *>(index)->add(n, x); });
}
#endif

#ifndef SM_HAVE_faiss_IndexFlatIP_new_with
int faiss_IndexFlatIP_new_with(FaissIndexFlatIP **p_index, idx_t d)
{
    return guarded([&] {
        *p_index =
            reinterpret_cast<FaissIndexFlatIP *>(new faiss::IndexFlatIP(d));
    });
}
#endif

#ifndef SM_HAVE_faiss_IndexFlat_xb
void faiss_IndexFlat_xb(FaissIndexFlat *index, float **p_xb, size_t *p_size)
{
    auto *const own = reinterpret_cast<faiss::IndexFlat *>(index);
    *p_xb = own->get_xb();
    if (p_size) *p_size = own->codes.size() / sizeof(float);
}
#endif

#ifndef SM_HAVE_faiss_IndexIVFFlat_new_with_metric
int faiss_IndexIVFFlat_new_with_metric(FaissIndexIVFFlat **p_index,
                                       FaissIndex *quantizer, size_t d,
                                       size_t nlist, FaissMetricType metric)
{
    return guarded([&] {
        *p_index =
            reinterpret_cast<FaissIndexIVFFlat *>(new faiss::IndexIVFFlat(
                reinterpret_cast<faiss::Index *>(quantizer), d, nlist,
                static_cast<faiss::MetricType>(metric)));
    });
}
#endif

#ifndef SM_HAVE_faiss_IndexIVFFlat_set_own_fields
void faiss_IndexIVFFlat_set_own_fields(FaissIndexIVFFlat *index, int own)
{
    reinterpret_cast<faiss::IndexIVFFlat *>(index)->own_fields = own != 0;
}
#endif

#ifndef SM_HAVE_faiss_IndexIVFFlat_set_nprobe
void faiss_IndexIVFFlat_set_nprobe(FaissIndexIVFFlat *index, size_t nprobe)
{
    reinterpret_cast<faiss::IndexIVFFlat *>(index)->nprobe = nprobe;
}
#endif

#ifndef SM_HAVE_faiss_write_index
int faiss_write_index(const FaissIndex *idx, FILE *f)
{
    return guarded([&] {
        faiss::write_index(reinterpret_cast<const faiss::Index *>(idx), f);
    });
}
#endif

} // extern "C"

/* ---- (b) what no C API has ---- */

extern "C" {

const char *sm_faiss_last_error(void)
{
    return siamese_last_error();
}

int sm_faiss_reserve(FaissIndexIVF *index, const size_t *added)
{
    faiss::InvertedLists *const lists = ivf(index)->invlists;
    auto *const arrays = dynamic_cast<faiss::ArrayInvertedLists *>(lists);
    return guarded([&] {
        for (size_t i = 0; i < lists->nlist; i++) {
            if (added[i] == 0) continue;
            if (arrays != nullptr) {
                make_room(arrays->codes[i], added[i] * lists->code_size, 0);
                make_room(arrays->ids[i], added[i], 0);
            } else {
                make_room_by_size(*lists, i, added[i]);
            }
        }
    });
}

size_t sm_faiss_list(const FaissIndexIVF *index, size_t list,
                     const int64_t **ids, const float **vectors)
{
    /* Array lists hand out their own memory: there is nothing to release. */
    const faiss::InvertedLists *const lists = ivf(index)->invlists;
    *ids = lists->get_ids(list);
    *vectors = reinterpret_cast<const float *>(lists->get_codes(list));
    return lists->list_size(list);
}

size_t sm_faiss_memory(const FaissIndexIVF *index)
{
    size_t memory = 0;
    const auto *const lists =
        dynamic_cast<const faiss::ArrayInvertedLists *>(ivf(index)->invlists);
    if (lists == nullptr) return 0;
    for (size_t i = 0; i < lists->nlist; i++)
        memory += sizeof lists->codes[i] + sizeof lists->ids[i] +
                  room_of(lists->codes[i], 0) +
                  room_of(lists->ids[i], 0) * sizeof(int64_t);
    return memory;
}

int sm_faiss_write_head(const FaissIndexIVFFlat *index, size_t count,
                        FILE *file)
{
    return guarded([&] {
        faiss::IndexIVFFlat head(
            *reinterpret_cast<const faiss::IndexIVFFlat *>(index));
        head.own_fields = false;
        head.own_invlists = false;
        head.invlists = nullptr;
        head.ntotal = static_cast<int64_t>(count);
        faiss::write_index(&head, file);
    });
}

void sm_faiss_move(FaissIndexIVF *index, size_t list, size_t from, size_t to)
{
    faiss::InvertedLists *const lists = ivf(index)->invlists;
    lists->update_entry(list, to, lists->get_single_id(list, from),
                        lists->get_single_code(list, from));
}

void sm_faiss_resize(FaissIndexIVF *index, size_t list, size_t count)
{
    ivf(index)->invlists->resize(list, count);
}

void sm_faiss_put(FaissIndexIVF *index, size_t list, size_t row, int64_t id,
                  const float *vector)
{
    ivf(index)->invlists->update_entry(
        list, row, id, reinterpret_cast<const uint8_t *>(vector));
}

void sm_faiss_set_count(FaissIndexIVF *index, size_t count)
{
    ivf(index)->ntotal = static_cast<int64_t>(count);
}

/* ---- LAPACK and BLAS: for index types that the library never makes ---- */

/*
 * FAISS refers to these for PCA, OPQ and additive quantisers. With them here no
 * LAPACK, and no second BLAS behind it, is loaded. Only the place of info, the
 * last argument, is of interest: it tells a failure.
 */
static int no_lapack(int *info)
{
    *info = caught(-1, "LAPACK is not part of this library");
    return *info;
}

typedef const void *any;

/* These cannot tell one, so the exception does, which FAISS passes on. */
#define NO_BLAS(name, ...)                                                     \
    void name(__VA_ARGS__);                                                    \
    void name(__VA_ARGS__)                                                     \
    {                                                                          \
        throw std::runtime_error(#name " is not part of this library");       \
    }

#define NO_LAPACK(name, ...)                                                   \
    int name(__VA_ARGS__, int *info);                                          \
    int name(__VA_ARGS__, int *info)                                           \
    {                                                                          \
        return no_lapack(info);                                                \
    }

NO_BLAS(dgemm_, any, any, any, any, any, any, any, any, any, any, any, void *,
        any)
NO_BLAS(ssyrk_, any, any, any, any, any, any, any, any, void *, any)
NO_LAPACK(dgesvd_, any, any, any, any, any, any, any, any, any, any, any, any,
          any)
NO_LAPACK(sgesvd_, any, any, any, any, any, any, any, any, any, any, any, any,
          any)
NO_LAPACK(sgelsd_, any, any, any, any, any, any, any, any, any, any, any, any,
          any)
NO_LAPACK(dsyev_, any, any, any, any, any, any, any, any)
NO_LAPACK(sgeqrf_, any, any, any, any, any, any, any)
NO_LAPACK(sorgqr_, any, any, any, any, any, any, any, any)
NO_LAPACK(sgetrf_, any, any, any, any, any)
NO_LAPACK(dgetrf_, any, any, any, any, any)
NO_LAPACK(sgetri_, any, any, any, any, any, any)
NO_LAPACK(dgetri_, any, any, any, any, any, any)

} // extern "C"
