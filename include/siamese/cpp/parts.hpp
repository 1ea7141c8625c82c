// parts.hpp: the parts of siamese.hpp that a host puts together itself:
// vocabulary, tower, trainer, ranker and the bundle of a checkpoint file.
#ifndef LIBSIAMESE_CPP_PARTS_HPP
#define LIBSIAMESE_CPP_PARTS_HPP

#include <siamese/cpp/index.hpp>

namespace siamese
{

SIAMESE_OPTIONS_(vocab);
SIAMESE_OPTIONS_(tower);
SIAMESE_OPTIONS_(field);
SIAMESE_OPTIONS_(trainer);
SIAMESE_OPTIONS_(ranker);
SIAMESE_OPTIONS_(evaluator);
SIAMESE_OPTIONS_(save);
SIAMESE_OPTIONS_(load);

// Options that serve a purpose together: siamese_preset_apply and _ranker.
struct preset {
    explicit preset(char const *name)
    {
        check(siamese_preset_apply(name, &vocab, &tower, &trainer, &index));
        check(siamese_preset_apply_ranker(name, &ranker));
    }
    vocab_options vocab;
    tower_options tower;
    trainer_options trainer;
    index_options index;
    ranker_options ranker;
};

// ---- vocabulary ----

// Ids of several texts: those of text r are ids[offsets[r]] ..
// ids[offsets[r + 1] - 1].
struct token_ids {
    std::vector<std::int64_t> ids;
    std::vector<std::size_t> offsets;
};

class vocab : public detail::handle<siamese_vocab, siamese_vocab_free>
{
  public:
    using handle::handle;
    explicit vocab(vocab_options const &options = {})
        : handle(detail::made<siamese_vocab>(siamese_vocab_create, &options))
    {
    }
    void add(texts const &list)
    {
        check(siamese_vocab_add(c(), list.data(), list.size()));
    }
    void finish()
    {
        check(siamese_vocab_finish(c()));
    }
    std::size_t size() const noexcept
    {
        return siamese_vocab_size(c());
    }
    token_ids tokenize(texts const &list) const
    {
        token_ids out;
        std::size_t needed = 0;
        out.offsets.resize(list.size() + 1);
        out.ids.resize(16 * list.size());
        for (;;) {
            siamese_status const status = siamese_vocab_tokenize(
                c(), list.data(), list.size(), out.ids.data(), out.ids.size(),
                out.offsets.data(), &needed);
            if (status != SIAMESE_E_RANGE) check(status);
            out.ids.resize(needed);
            if (status == SIAMESE_OK) return out;
        }
    }
    std::string token(std::int64_t id) const
    {
        return detail::text_of(
            [&](char *buffer, std::size_t size, std::size_t *needed) {
                return siamese_vocab_token(c(), id, buffer, size, needed);
            });
    }
    std::int64_t lookup(std::string_view token) const
    {
        std::int64_t id = 0;
        check(siamese_vocab_lookup(c(), token.data(), token.size(), &id));
        return id;
    }
};

// ---- tower ----

class tower : public detail::handle<siamese_tower, siamese_tower_free>
{
  public:
    using handle::handle;
    explicit tower(tower_options const &options = {})
        : handle(detail::made<siamese_tower>(siamese_tower_create, &options))
    {
    }
    void add_field(char const *name, vocab const &vocab,
                   field_options const &options = {})
    {
        check(siamese_tower_add_field(c(), name, vocab.c(), &options));
    }
    // Of numbers, or of hashed ids.
    void add_field(char const *name, field_options const &options)
    {
        check(siamese_tower_add_field(c(), name, nullptr, &options));
    }
    std::size_t dim() const noexcept
    {
        return siamese_tower_dim(c());
    }
    std::size_t field_count() const noexcept
    {
        return siamese_tower_field_count(c());
    }
    // Rows of `fields` texts each; [rows][dim()] floats.
    std::vector<float> encode(texts const &rows, std::size_t fields = 1) const
    {
        std::vector<float> out(fields ? rows.size() / fields * dim() : 0);
        encode(rows, out, fields);
        return out;
    }
    void encode(texts const &rows, span<float> out,
                std::size_t fields = 1) const
    {
        if (fields == 0 || rows.size() % fields != 0)
            throw error(SIAMESE_E_ARGUMENT,
                        "rows: not a whole number of rows of `fields` texts");
        check(siamese_tower_encode(c(), rows.data(), rows.size() / fields,
                                   fields, out.data(), out.size()));
    }
};

// ---- trainer ----

class trainer : public detail::handle<siamese_trainer, siamese_trainer_free>
{
  public:
    using handle::handle;
    trainer(tower const &query, tower const &item,
            trainer_options const &options = {})
        : handle(detail::made<siamese_trainer>(siamese_trainer_create,
                                               query.c(), item.c(), &options))
    {
    }
    void add_pairs(siamese_pairs const &pairs)
    {
        check(siamese_trainer_add_pairs(c(), &pairs));
    }
    // Pairs of one text each; ids may be left out.
    void add_pairs(texts const &queries, texts const &items,
                   span<std::int64_t const> ids = {})
    {
        if (queries.size() != items.size() ||
            (!ids.empty() && ids.size() != items.size()))
            throw error(SIAMESE_E_ARGUMENT,
                        "queries, items and ids: not as many of each");
        auto pairs = detail::sized<siamese_pairs>();
        pairs.queries = queries.data(), pairs.items = items.data();
        pairs.query_fields = pairs.item_fields = 1;
        pairs.item_ids = ids.empty() ? nullptr : ids.data();
        pairs.count = items.size();
        add_pairs(pairs);
    }
    // Pairs that are read anew in each epoch: source.rewind() begins them, and
    // source.read(siamese_pairs &) sets the next ones, which are the source's
    // own until it is called again; a count of 0 is the end. What they throw
    // ends the fit with its words. The trainer has the source from now on.
    template <class S> void set_source(S source)
    {
        using callbacks = detail::source_of<S>;
        auto own = std::make_unique<S>(std::move(source));
        auto given = detail::sized<siamese_source>();
        given.context = own.get();
        given.read = callbacks::read, given.rewind = callbacks::rewind;
        given.release = callbacks::release;
        check(siamese_trainer_set_source(c(), &given));
        own.release();
    }
    void set_source(std::nullptr_t)
    {
        check(siamese_trainer_set_source(c(), nullptr));
    }
    void fit()
    {
        check(siamese_trainer_fit(c(), nullptr, nullptr));
    }
    // progress(siamese_progress const &) -> bool: whether to go on.
    template <class F> void fit(F &&progress)
    {
        detail::with_progress(progress, [&](siamese_progress_fn f, void *user) {
            return siamese_trainer_fit(c(), f, user);
        });
    }
    siamese_step step(span<std::size_t const> rows)
    {
        auto out = detail::sized<siamese_step>();
        check(siamese_trainer_step(c(), rows.data(), rows.size(), &out));
        return out;
    }
    // From here on one of several ranks; the exchange's context must stay.
    void set_exchange(siamese_exchange const &exchange)
    {
        check(siamese_trainer_set_exchange(c(), &exchange));
    }
    void end_exchange()
    {
        check(siamese_trainer_set_exchange(c(), nullptr));
    }
    void cancel()
    {
        check(siamese_trainer_cancel(c()));
    }
    // The query tower and the item tower as they are now.
    std::pair<tower, tower> snapshot() const
    {
        siamese_tower *query = nullptr, *item = nullptr;
        check(siamese_trainer_snapshot(c(), &query, &item));
        return {tower(query), tower(item)};
    }
    siamese_progress progress() const
    {
        auto out = detail::sized<siamese_progress>();
        check(siamese_trainer_get_progress(c(), &out));
        return out;
    }
};

// ---- ranker ----

class ranker : public detail::handle<siamese_ranker, siamese_ranker_free>
{
  public:
    using handle::handle;
    explicit ranker(ranker_options const &options = {})
        : handle(detail::made<siamese_ranker>(siamese_ranker_create, &options))
    {
    }
    ranker_options options() const
    {
        ranker_options out;
        check(siamese_ranker_get_options(c(), &out));
        return out;
    }
    siamese_ranker_info info() const
    {
        auto out = detail::sized<siamese_ranker_info>();
        check(siamese_ranker_get_info(c(), &out));
        return out;
    }
    // What a score is made of, in the order of hits::shares.
    std::vector<siamese_ranker_feature> features() const
    {
        std::vector<siamese_ranker_feature> out(
            info().features, detail::sized<siamese_ranker_feature>());
        for (std::size_t i = 0; i < out.size(); i++)
            check(siamese_ranker_describe_feature(c(), i, &out[i]));
        return out;
    }
};

// ---- bundle ----

// Throws unless every byte of a file is as it was written.
inline void checkpoint_verify(std::string const &path)
{
    check(siamese_checkpoint_verify(path.c_str()));
}

class bundle : public detail::handle<siamese_bundle, siamese_bundle_free>
{
  public:
    using handle::handle;
    bundle() : handle(detail::made<siamese_bundle>(siamese_bundle_create))
    {
    }
    explicit bundle(std::string const &path, load_options const &options = {})
        : handle(detail::made<siamese_bundle>(siamese_checkpoint_load,
                                              path.c_str(), &options))
    {
    }
    // The bytes of a file.
    explicit bundle(span<unsigned char const> bytes,
                    load_options const &options = {})
        : handle(detail::made<siamese_bundle>(
              siamese_checkpoint_load_memory,
              static_cast<void const *>(bytes.data()), bytes.size(), &options))
    {
    }
    void save(std::string const &path, save_options const &options = {}) const
    {
        check(siamese_checkpoint_save(path.c_str(), c(), &options));
    }
    void set(vocab const &part)
    {
        check(siamese_bundle_set_vocab(c(), part.c()));
    }
    void set(trainer const &part)
    {
        check(siamese_bundle_set_trainer(c(), part.c()));
    }
    void set(index const &part)
    {
        check(siamese_bundle_set_index(c(), part.c()));
    }
    void set(ranker const &part)
    {
        check(siamese_bundle_set_ranker(c(), part.c()));
    }
    void set_towers(tower const &query, tower const &item)
    {
        check(siamese_bundle_set_query_tower(c(), query.c()));
        check(siamese_bundle_set_item_tower(c(), item.c()));
    }
    vocab get_vocab() const
    {
        return part<vocab>(siamese_bundle_get_vocab);
    }
    tower get_query_tower() const
    {
        return part<tower>(siamese_bundle_get_query_tower);
    }
    tower get_item_tower() const
    {
        return part<tower>(siamese_bundle_get_item_tower);
    }
    trainer get_trainer() const
    {
        return part<trainer>(siamese_bundle_get_trainer);
    }
    index get_index() const
    {
        return part<index>(siamese_bundle_get_index);
    }
    ranker get_ranker() const
    {
        return part<ranker>(siamese_bundle_get_ranker);
    }

  private:
    template <class Part, class T>
    Part part(siamese_status (*get)(siamese_bundle const *, T **)) const
    {
        T *out = nullptr;
        check(get(c(), &out));
        return Part(out);
    }
};

} // namespace siamese

#endif
