// index.hpp: the index of siamese.hpp: vectors under ids, searched by lists or
// exactly.
#ifndef LIBSIAMESE_CPP_INDEX_HPP
#define LIBSIAMESE_CPP_INDEX_HPP

#include <siamese/cpp/base.hpp>

namespace siamese
{

SIAMESE_OPTIONS_(index);
SIAMESE_OPTIONS_(search);

// ---- what is searched, and what is found ----

class id_filter
    : public detail::handle<siamese_id_filter, siamese_id_filter_free>
{
  public:
    using handle::handle;
    id_filter(std::int32_t mode, span<std::int64_t const> ids)
        : handle(detail::made<siamese_id_filter>(siamese_id_filter_create, mode,
                                                 ids.data(), ids.size()))
    {
    }
};

// [queries][k] results; query q has found[q] of them.
struct neighbours {
    std::size_t k = 0;
    std::vector<std::int64_t> ids;
    std::vector<float> scores;
    std::vector<std::size_t> found;
};

// Results of several queries: those of query q are elements offsets[q] ..
// offsets[q + 1] - 1.
struct matches {
    std::vector<std::size_t> offsets;
    std::vector<std::int64_t> ids;
    std::vector<float> scores;
};

// The lists to read for a recall, and the recall that was measured so.
struct tuned_nprobe {
    std::size_t nprobe = 0;
    double reached = 0;
};

// ---- the handle ----

class index : public detail::handle<siamese_index, siamese_index_free>
{
  public:
    using handle::handle;
    explicit index(std::size_t dim, index_options const &options = {})
        : handle(
              detail::made<siamese_index>(siamese_index_create, dim, &options))
    {
    }
    void add(span<std::int64_t const> ids, span<float const> vectors)
    {
        same_count(ids, vectors);
        check(siamese_index_add(c(), ids.data(), vectors.data(), ids.size()));
    }
    // Returns how many vectors went.
    std::size_t update(span<std::int64_t const> ids, span<float const> vectors)
    {
        std::size_t removed = 0;
        same_count(ids, vectors);
        check(siamese_index_update(c(), ids.data(), vectors.data(), ids.size(),
                                   &removed));
        return removed;
    }
    std::size_t remove(span<std::int64_t const> ids)
    {
        std::size_t removed = 0;
        check(siamese_index_remove(c(), ids.data(), ids.size(), &removed));
        return removed;
    }
    void train(span<float const> vectors)
    {
        check(siamese_index_train(c(), vectors.data(), rows_of(vectors)));
    }
    // progress(double done) -> bool: whether to go on.
    template <class F> void train(span<float const> vectors, F &&progress)
    {
        std::size_t const count = rows_of(vectors);
        detail::with_share(progress,
                           [&](siamese_index_progress_fn f, void *user) {
                               return siamese_index_train_with_progress(
                                   c(), vectors.data(), count, f, user);
                           });
    }
    std::size_t size() const noexcept
    {
        return siamese_index_count(c());
    }
    std::size_t dim() const
    {
        return info().dim;
    }
    siamese_index_info info() const
    {
        auto out = detail::sized<siamese_index_info>();
        check(siamese_index_get_info(c(), &out));
        return out;
    }
    index_options options() const
    {
        index_options out;
        check(siamese_index_get_options(c(), &out));
        return out;
    }
    neighbours search(span<float const> queries, std::size_t k,
                      search_options const &options = {},
                      id_filter const &filter = id_filter()) const
    {
        std::size_t const count = rows_of(queries);
        neighbours out;
        out.k = k;
        out.ids.resize(count * k);
        out.scores.resize(count * k);
        out.found.resize(count);
        check(siamese_index_search_filtered(
            c(), queries.data(), count, k, &options, filter.c(), out.ids.data(),
            out.scores.data(), out.ids.size(), out.found.data()));
        return out;
    }
    matches range_search(span<float const> queries, float min_score,
                         search_options const &options = {},
                         id_filter const &filter = id_filter()) const
    {
        std::size_t const count = rows_of(queries);
        matches out;
        std::size_t needed = 64;
        out.offsets.resize(count + 1);
        for (;;) {
            out.ids.resize(needed);
            out.scores.resize(needed);
            siamese_status const status = siamese_index_range_search_filtered(
                c(), queries.data(), count, min_score, &options, filter.c(),
                out.offsets.data(), out.ids.data(), out.scores.data(),
                out.ids.size(), &needed);
            if (status != SIAMESE_E_RANGE) check(status);
            if (status == SIAMESE_OK) break;
        }
        out.ids.resize(needed);
        out.scores.resize(needed);
        return out;
    }
    tuned_nprobe tune_nprobe(span<float const> queries, std::size_t k,
                             double recall) const
    {
        return tune_nprobe(queries, k, recall, [](double) { return true; });
    }
    // progress(double done) -> bool: whether to go on.
    template <class F>
    tuned_nprobe tune_nprobe(span<float const> queries, std::size_t k,
                             double recall, F &&progress) const
    {
        std::size_t const count = rows_of(queries);
        tuned_nprobe out;
        detail::with_share(progress,
                           [&](siamese_index_progress_fn f, void *user) {
                               return siamese_index_tune_nprobe_with_progress(
                                   c(), queries.data(), count, k, recall, f,
                                   user, &out.nprobe, &out.reached);
                           });
        return out;
    }
    // [info().nlist][dim()] floats.
    std::vector<float> centroids() const
    {
        return all_of<float>(
            info().nlist * dim(),
            [&](float *out, std::size_t room, std::size_t *all) {
                return siamese_index_get_centroids(c(), out, room, all);
            });
    }
    // [lists][dim()] floats, for an index without vectors.
    void set_centroids(span<float const> centroids)
    {
        check(siamese_index_set_centroids(c(), centroids.data(),
                                          rows_of(centroids), dim()));
    }
    void set_nprobe(std::size_t nprobe)
    {
        check(siamese_index_set_nprobe(c(), nprobe));
    }
    // The vectors that an id has.
    std::size_t contains(std::int64_t id) const
    {
        std::size_t out = 0;
        check(siamese_index_contains(c(), id, &out));
        return out;
    }
    std::vector<std::int64_t> ids() const
    {
        return all_of<std::int64_t>(
            size(), [&](std::int64_t *out, std::size_t room, std::size_t *all) {
                return siamese_index_get_ids(c(), out, room, all);
            });
    }
    std::vector<float> reconstruct(std::int64_t id) const
    {
        std::vector<float> out(dim());
        check(siamese_index_reconstruct(c(), id, out.data(), out.size()));
        return out;
    }
    // [contains(id)][dim()] floats.
    std::vector<float> vectors(std::int64_t id) const
    {
        return all_of<float>(
            dim(), [&](float *out, std::size_t room, std::size_t *all) {
                return siamese_index_get_vectors(c(), id, out, room, all);
            });
    }
    void export_faiss(std::string const &path) const
    {
        check(siamese_index_export_faiss(c(), path.c_str()));
    }

  private:
    // What read(out, room, &all) gives, which others may add to meanwhile.
    template <class T, class F>
    static std::vector<T> all_of(std::size_t room, F read)
    {
        std::vector<T> out(room);
        for (;;) {
            std::size_t all = 0;
            siamese_status const status = read(out.data(), out.size(), &all);
            if (status != SIAMESE_E_RANGE) check(status);
            out.resize(all);
            if (status == SIAMESE_OK) return out;
        }
    }
    void same_count(span<std::int64_t const> ids,
                    span<float const> vectors) const
    {
        if (vectors.size() != ids.size() * dim())
            throw error(SIAMESE_E_ARGUMENT, "vectors: not [ids][dim] floats");
    }
    std::size_t rows_of(span<float const> vectors) const
    {
        std::size_t const size = dim();
        if (vectors.size() % size != 0)
            throw error(SIAMESE_E_ARGUMENT, "vectors: not rows of dim floats");
        return vectors.size() / size;
    }
};

// ---- what several indexes have found ----

namespace detail
{

// The members of what shards have found, as C takes them; nullptr stands for a
// shard that has not answered.
template <class T> struct answers {
    std::vector<std::size_t const *> offsets;
    std::vector<std::int64_t const *> ids;
    std::vector<float const *> scores;
    std::vector<std::int32_t> missing;
    T const *first = nullptr;

    explicit answers(span<T const *const> shards) : missing(shards.size())
    {
        for (T const *shard : shards) {
            if (shard && !first) first = shard;
            ids.push_back(shard ? shard->ids.data() : nullptr);
            scores.push_back(shard ? shard->scores.data() : nullptr);
        }
        if (!first) throw error(SIAMESE_E_NOT_FOUND, "no shard has answered");
    }
    std::int32_t *wanted(std::vector<std::size_t> *numbers)
    {
        return numbers ? missing.data() : nullptr;
    }
    void tell(std::vector<std::size_t> *numbers) const
    {
        if (!numbers) return;
        numbers->clear();
        for (std::size_t s = 0; s < missing.size(); s++)
            if (missing[s]) numbers->push_back(s);
    }
};

} // namespace detail

// What one index of all shards would have found: of each shard the neighbours
// of the same queries, or nullptr if it has not answered, which is an error
// unless `missing` is to receive the numbers of these.
inline neighbours merge_hits(span<neighbours const *const> shards,
                             bool dedupe = false,
                             std::vector<std::size_t> *missing = nullptr)
{
    detail::answers<neighbours> all(shards);
    neighbours out;
    std::size_t const size = all.first->ids.size();
    out.k = all.first->k;
    for (neighbours const *shard : shards)
        if (shard && (shard->k != out.k || shard->ids.size() != size ||
                      shard->scores.size() != size))
            throw error(SIAMESE_E_ARGUMENT, "shards: of several sizes");
    out.ids.resize(size);
    out.scores.resize(size);
    out.found.resize(out.k ? size / out.k : 0);
    check(siamese_hits_merge(all.ids.data(), all.scores.data(), shards.size(),
                             out.found.size(), out.k, dedupe, out.ids.data(),
                             out.scores.data(), size, out.found.data(),
                             all.wanted(missing)));
    all.tell(missing);
    return out;
}

// The same of range searches.
inline matches merge_hits(span<matches const *const> shards,
                          bool dedupe = false,
                          std::vector<std::size_t> *missing = nullptr)
{
    detail::answers<matches> all(shards);
    matches out;
    std::size_t needed = 0;
    for (matches const *shard : shards) {
        all.offsets.push_back(shard ? shard->offsets.data() : nullptr);
        if (!shard) continue;
        needed += shard->ids.size();
        if (shard->offsets.size() != all.first->offsets.size() ||
            shard->offsets.empty() ||
            shard->offsets.back() > shard->ids.size() ||
            shard->ids.size() != shard->scores.size())
            throw error(SIAMESE_E_ARGUMENT, "shards: of several sizes");
    }
    out.offsets.resize(all.first->offsets.size());
    out.ids.resize(needed);
    out.scores.resize(needed);
    check(siamese_hits_merge_range(
        all.offsets.data(), all.ids.data(), all.scores.data(), shards.size(),
        out.offsets.size() - 1, dedupe, out.offsets.data(), out.ids.data(),
        out.scores.data(), needed, &needed, all.wanted(missing)));
    out.ids.resize(needed);
    out.scores.resize(needed);
    all.tell(missing);
    return out;
}

} // namespace siamese

#endif
