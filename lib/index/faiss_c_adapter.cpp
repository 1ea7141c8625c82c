/* Thin C++ over FAISS: its C API, and what that lacks.
 * No exception leaves a function of this file, and none prints. */
#include "index/faiss_c_adapter.h"

#include <cstdio>
#include <cstring>
#include <exception>
#include <limits>
#include <memory>

#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/index_io.h>
#include <faiss/invlists/InvertedLists.h>

/* SM_HAVE_faiss_X for each function that libfaiss_c provides. */
#include "faiss_c_has.h"

namespace {

thread_local char last_error[512];

int caught(int code, const char *text)
{
    std::snprintf(last_error, sizeof last_error, "%s", text);
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

} // namespace

/* ---- (a) the C API where there is no libfaiss_c ---- */

extern "C" {

#ifndef SM_HAVE_faiss_get_last_error
const char *faiss_get_last_error()
{
    return last_error;
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
    return guarded(
        [&] { reinterpret_cast<faiss::Index *>(index)->add(n, x); });
}
#endif

#ifndef SM_HAVE_faiss_Index_remove_ids
int faiss_Index_remove_ids(FaissIndex *index, const FaissIDSelector *sel,
                           size_t *n_removed)
{
    return guarded([&] {
        size_t const n = reinterpret_cast<faiss::Index *>(index)->remove_ids(
            *reinterpret_cast<const faiss::IDSelector *>(sel));
        if (n_removed) *n_removed = n;
    });
}
#endif

#ifndef SM_HAVE_faiss_IndexFlatIP_new_with
int faiss_IndexFlatIP_new_with(FaissIndexFlatIP **p_index, idx_t d)
{
    return guarded([&] {
        *p_index = reinterpret_cast<FaissIndexFlatIP *>(
            new faiss::IndexFlatIP(d));
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
        *p_index = reinterpret_cast<FaissIndexIVFFlat *>(
            new faiss::IndexIVFFlat(
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

#ifndef SM_HAVE_faiss_IndexIVFFlat_add_core
int faiss_IndexIVFFlat_add_core(FaissIndexIVFFlat *index, idx_t n,
                                const float *x, const idx_t *xids,
                                const int64_t *precomputed_idx)
{
    return guarded([&] {
        reinterpret_cast<faiss::IndexIVFFlat *>(index)->add_core(
            n, x, xids, precomputed_idx);
    });
}
#endif

#ifndef SM_HAVE_faiss_IDSelectorBatch_new
int faiss_IDSelectorBatch_new(FaissIDSelectorBatch **p_sel, size_t n,
                              const idx_t *indices)
{
    return guarded([&] {
        *p_sel = reinterpret_cast<FaissIDSelectorBatch *>(
            new faiss::IDSelectorBatch(n, indices));
    });
}
#endif

#ifndef SM_HAVE_faiss_IDSelector_free
void faiss_IDSelector_free(FaissIDSelector *sel)
{
    delete reinterpret_cast<faiss::IDSelector *>(sel);
}
#endif

#ifndef SM_HAVE_faiss_ClusteringParameters_init
void faiss_ClusteringParameters_init(FaissClusteringParameters *params)
{
    faiss::ClusteringParameters const d;
    std::memset(params, 0, sizeof *params);
    params->niter = d.niter;
    params->nredo = d.nredo;
    params->verbose = d.verbose;
    params->spherical = d.spherical;
    params->int_centroids = d.int_centroids;
    params->update_index = d.update_index;
    params->frozen_centroids = d.frozen_centroids;
    params->min_points_per_centroid = d.min_points_per_centroid;
    params->max_points_per_centroid = d.max_points_per_centroid;
    params->seed = d.seed;
    params->decode_block_size = d.decode_block_size;
}
#endif

#ifndef SM_HAVE_faiss_Clustering_new_with_params
int faiss_Clustering_new_with_params(FaissClustering **p_clustering, int d,
                                     int k, const FaissClusteringParameters *p)
{
    return guarded([&] {
        faiss::ClusteringParameters c;
        c.niter = p->niter;
        c.nredo = p->nredo;
        c.verbose = p->verbose != 0;
        c.spherical = p->spherical != 0;
        c.int_centroids = p->int_centroids != 0;
        c.update_index = p->update_index != 0;
        c.frozen_centroids = p->frozen_centroids != 0;
        c.min_points_per_centroid = p->min_points_per_centroid;
        c.max_points_per_centroid = p->max_points_per_centroid;
        c.seed = p->seed;
        c.decode_block_size = p->decode_block_size;
        *p_clustering = reinterpret_cast<FaissClustering *>(
            new faiss::Clustering(d, k, c));
    });
}
#endif

#ifndef SM_HAVE_faiss_Clustering_train
int faiss_Clustering_train(FaissClustering *clustering, idx_t n,
                           const float *x, FaissIndex *index)
{
    return guarded([&] {
        reinterpret_cast<faiss::Clustering *>(clustering)
            ->train(n, x, *reinterpret_cast<faiss::Index *>(index));
    });
}
#endif

#ifndef SM_HAVE_faiss_Clustering_centroids
void faiss_Clustering_centroids(FaissClustering *clustering,
                                float **centroids, size_t *size)
{
    auto &own = reinterpret_cast<faiss::Clustering *>(clustering)->centroids;
    *centroids = own.data();
    if (size) *size = own.size();
}
#endif

#ifndef SM_HAVE_faiss_Clustering_free
void faiss_Clustering_free(FaissClustering *clustering)
{
    delete reinterpret_cast<faiss::Clustering *>(clustering);
}
#endif

#ifndef SM_HAVE_faiss_RangeSearchResult_new
int faiss_RangeSearchResult_new(FaissRangeSearchResult **p_rsr, idx_t nq)
{
    return guarded([&] {
        *p_rsr = reinterpret_cast<FaissRangeSearchResult *>(
            new faiss::RangeSearchResult(nq));
    });
}
#endif

#ifndef SM_HAVE_faiss_RangeSearchResult_free
void faiss_RangeSearchResult_free(FaissRangeSearchResult *rsr)
{
    delete reinterpret_cast<faiss::RangeSearchResult *>(rsr);
}
#endif

#ifndef SM_HAVE_faiss_RangeSearchResult_lims
void faiss_RangeSearchResult_lims(FaissRangeSearchResult *rsr, size_t **lims)
{
    *lims = reinterpret_cast<faiss::RangeSearchResult *>(rsr)->lims;
}
#endif

#ifndef SM_HAVE_faiss_RangeSearchResult_labels
void faiss_RangeSearchResult_labels(FaissRangeSearchResult *rsr,
                                    idx_t **labels, float **distances)
{
    auto *const own = reinterpret_cast<faiss::RangeSearchResult *>(rsr);
    *labels = own->labels;
    *distances = own->distances;
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

struct sm_faiss_scanner {
    const faiss::IndexIVF *index;
    std::unique_ptr<faiss::InvertedListScanner> lists;
};

namespace {

/* Of the usual model: an initial-exec one could not be loaded by dlopen. */
thread_local const sm_kernels *kernels_in_use = nullptr;

const sm_kernels *kernels_now()
{
    if (kernels_in_use == nullptr) kernels_in_use = sm_kernels_best();
    return kernels_in_use;
}

/* Calls scan(size, codes, ids) for each of the lists that is not empty. */
template <class Scan>
void for_each_list(sm_faiss_scanner *scanner, const float *query,
                   size_t nprobe, const int64_t *lists, Scan scan)
{
    const faiss::InvertedLists *const invlists = scanner->index->invlists;
    scanner->lists->set_query(query);
    for (size_t i = 0; i < nprobe; i++) {
        size_t const size = invlists->list_size(lists[i]);
        if (size == 0) continue;
        scanner->lists->set_list(lists[i], 0.0f);
        faiss::InvertedLists::ScopedCodes codes(invlists, lists[i]);
        faiss::InvertedLists::ScopedIds ids(invlists, lists[i]);
        scan(size, codes.get(), ids.get());
    }
}

} // namespace

extern "C" {

const char *sm_faiss_last_error(void)
{
    return last_error;
}

const sm_kernels *sm_faiss_use_kernels(const sm_kernels *kernels)
{
    const sm_kernels *const before = kernels_in_use;
    kernels_in_use = kernels;
    return before;
}

int sm_faiss_scanner_new(sm_faiss_scanner **out, const FaissIndexIVF *index)
{
    return guarded([&] {
        std::unique_ptr<sm_faiss_scanner> scanner(new sm_faiss_scanner);
        scanner->index = ivf(index);
        scanner->lists.reset(ivf(index)->get_InvertedListScanner(false));
        *out = scanner.release();
    });
}

void sm_faiss_scanner_free(sm_faiss_scanner *scanner)
{
    delete scanner;
}

int sm_faiss_scan(sm_faiss_scanner *scanner, const float *query, size_t k,
                  size_t nprobe, const int64_t *lists, float *scores,
                  int64_t *ids)
{
    return guarded([&] {
        for (size_t i = 0; i < k; i++) {
            scores[i] = std::numeric_limits<float>::lowest();
            ids[i] = -1;
        }
        for_each_list(scanner, query, nprobe, lists,
                      [&](size_t size, const uint8_t *codes,
                          const int64_t *list_ids) {
                          scanner->lists->scan_codes(size, codes, list_ids,
                                                     scores, ids, k);
                      });
    });
}

int sm_faiss_range_scan(sm_faiss_scanner *scanner, const float *query,
                        float above, size_t nprobe, const int64_t *lists,
                        FaissRangeSearchResult *result)
{
    return guarded([&] {
        auto *const own =
            reinterpret_cast<faiss::RangeSearchResult *>(result);
        own->buffer_size = 4096;
        faiss::RangeSearchPartialResult found(own);
        faiss::RangeQueryResult &hits = found.new_result(0);
        for_each_list(scanner, query, nprobe, lists,
                      [&](size_t size, const uint8_t *codes,
                          const int64_t *list_ids) {
                          scanner->lists->scan_codes_range(
                              size, codes, list_ids, above, hits);
                      });
        found.set_lims();
        own->do_allocation();
        found.copy_result();
    });
}

int sm_faiss_reserve(FaissIndexIVF *index, const size_t *added)
{
    faiss::InvertedLists *const lists = ivf(index)->invlists;
    return guarded([&] {
        for (size_t i = 0; i < lists->nlist; i++) {
            if (added[i] == 0) continue;
            size_t const size = lists->list_size(i);
            try {
                lists->resize(i, size + added[i]);
            } catch (...) {
                lists->resize(i, size);
                throw;
            }
            lists->resize(i, size);
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

/* ---- FAISS's inner loops, by --wrap ---- */

float __wrap__ZN5faiss18fvec_inner_productEPKfS1_m(const float *x,
                                                   const float *y, size_t d);
float __wrap__ZN5faiss10fvec_L2sqrEPKfS1_m(const float *x, const float *y,
                                           size_t d);

float __wrap__ZN5faiss18fvec_inner_productEPKfS1_m(const float *x,
                                                   const float *y, size_t d)
{
    return kernels_now()->dot(x, y, d);
}

float __wrap__ZN5faiss10fvec_L2sqrEPKfS1_m(const float *x, const float *y,
                                           size_t d)
{
    return kernels_now()->squared_distance(x, y, d);
}

/* ---- LAPACK: for index types that the library never makes ---- */

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

#define NO_LAPACK(name, ...)                                                   \
    int name(__VA_ARGS__, int *info);                                          \
    int name(__VA_ARGS__, int *info)                                           \
    {                                                                          \
        return no_lapack(info);                                                \
    }

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
