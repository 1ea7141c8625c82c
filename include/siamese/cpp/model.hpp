// model.hpp: the simple way in of siamese.hpp: items and the model.
#ifndef LIBSIAMESE_CPP_MODEL_HPP
#define LIBSIAMESE_CPP_MODEL_HPP

#include <siamese/cpp/hits.hpp>
#include <siamese/cpp/parts.hpp>
#include <deque>

namespace siamese
{

SIAMESE_OPTIONS_(items);
SIAMESE_OPTIONS_(model);

// ---- items ----

// Rows of items as an argument. It refers to the bytes of texts, the arrays of
// numbers and the names of columns that it is given; they must outlive it.
class item_rows
{
  public:
    explicit item_rows(texts titles) : titles_(std::move(titles))
    {
        raw_.count = titles_.size();
        raw_.titles = titles_.data();
    }
    item_rows(span<std::int64_t const> ids, texts titles)
        : item_rows(std::move(titles))
    {
        same_count(ids.size());
        raw_.ids = ids.data();
    }
    item_rows(texts ids, texts titles) : item_rows(std::move(titles))
    {
        same_count(ids.size());
        raw_.text_ids = kept(std::move(ids));
    }
    item_rows(item_rows const &) = delete;
    item_rows &operator=(item_rows const &) = delete;

    item_rows &column(char const *name, texts values)
    {
        siamese_column_values &added = add(name, values.size());
        added.texts = kept(std::move(values));
        return *this;
    }
    item_rows &column(char const *name, span<std::int64_t const> values)
    {
        add(name, values.size()).integers = values.data();
        return *this;
    }
    item_rows &column(char const *name, span<double const> values)
    {
        add(name, values.size()).numbers = values.data();
        return *this;
    }
    siamese_item_rows const *c() const noexcept
    {
        return &raw_;
    }

  private:
    void same_count(std::size_t size) const
    {
        if (size != raw_.count)
            throw error(SIAMESE_E_ARGUMENT,
                        "item_rows: not as many values as titles");
    }
    siamese_text const *kept(texts &&list)
    {
        return kept_.emplace_back(std::move(list)).data();
    }
    siamese_column_values &add(char const *name, std::size_t size)
    {
        same_count(size);
        values_.push_back(detail::sized<siamese_column_values>());
        values_.back().name = name;
        raw_.columns = values_.data();
        raw_.column_count = values_.size();
        return values_.back();
    }
    siamese_item_rows raw_ = detail::sized<siamese_item_rows>();
    texts titles_;
    std::deque<texts> kept_; // which never moves them
    std::vector<siamese_column_values> values_;
};

class items : public detail::handle<siamese_items, siamese_items_free>
{
  public:
    using handle::handle;
    explicit items(items_options const &options = {})
        : handle(detail::made<siamese_items>(siamese_items_create, &options))
    {
    }
    void add_column(char const *name, std::int32_t type)
    {
        check(siamese_items_add_column(c(), name, type));
    }
    void add(item_rows const &rows)
    {
        check(siamese_items_add(c(), rows.c(), nullptr, 0));
    }
    std::size_t size() const noexcept
    {
        return siamese_items_count(c());
    }
    // The rows of which an expression over the columns is true at the moment:
    // `brand = "x" and price < 50`: siamese_items_create_where_filter has it.
    id_filter where(char const *expression,
                    id_filter const &within = id_filter()) const
    {
        return id_filter(detail::made<siamese_id_filter>(
            siamese_items_create_where_filter, c(), expression, within.c(),
            nullptr));
    }
};

// ---- the model ----

class model : public detail::handle<siamese_model, siamese_model_free>
{
  public:
    using handle::handle;
    explicit model(char const *preset, model_options const &options = {})
        : handle(detail::made<siamese_model>(siamese_model_create, preset,
                                             &options))
    {
    }
    static model open(std::string const &path, load_options const &options = {})
    {
        return model(detail::made<siamese_model>(siamese_model_open,
                                                 path.c_str(), &options));
    }
    model &set(char const *name, std::string const &value)
    {
        check(siamese_model_set(c(), name, value.c_str()));
        return *this;
    }
    void add_column(char const *name, std::int32_t type)
    {
        check(siamese_model_add_column(c(), name, type));
    }
    void add_field(char const *name, field_options const &options = {})
    {
        check(siamese_model_add_field(c(), name, &options));
    }

    void set_vocab(vocab const &own)
    {
        check(siamese_model_set_vocab(c(), own.c()));
    }

    // A template, so that a list in braces is a list of titles.
    template <class Rows,
              class = std::enable_if_t<std::is_same_v<Rows, item_rows>>>
    void add_items(Rows const &rows)
    {
        check(siamese_model_add_items(c(), rows.c()));
    }
    // Titles alone: the row's number is the id.
    void add_items(texts titles)
    {
        add_items(item_rows(std::move(titles)));
    }
    void add_items(span<std::int64_t const> ids, texts titles)
    {
        add_items(item_rows(ids, std::move(titles)));
    }
    void add_items(texts ids, texts titles)
    {
        add_items(item_rows(std::move(ids), std::move(titles)));
    }
    void update_items(item_rows const &rows)
    {
        check(siamese_model_update_items(c(), rows.c()));
    }
    std::size_t remove_items(span<std::int64_t const> ids)
    {
        std::size_t removed = 0;
        check(siamese_model_remove_items(c(), ids.data(), nullptr, ids.size(),
                                         &removed));
        return removed;
    }
    std::size_t remove_items(texts const &ids)
    {
        std::size_t removed = 0;
        check(siamese_model_remove_items(c(), nullptr, ids.data(), ids.size(),
                                         &removed));
        return removed;
    }
    void add_pairs(siamese_pairs const &pairs)
    {
        check(siamese_model_add_pairs(c(), &pairs));
    }
    // Pairs of one text each.
    void add_pairs(texts const &queries, texts const &titles)
    {
        if (queries.size() != titles.size())
            throw error(SIAMESE_E_ARGUMENT,
                        "queries and titles: not as many of each");
        auto pairs = detail::sized<siamese_pairs>();
        pairs.queries = queries.data(), pairs.items = titles.data();
        pairs.query_fields = pairs.item_fields = 1;
        pairs.count = queries.size();
        add_pairs(pairs);
    }

    void train()
    {
        check(siamese_model_train(c(), nullptr, nullptr));
    }
    // progress(siamese_progress const &) -> bool: whether to go on.
    template <class F> void train(F &&progress)
    {
        detail::with_progress(progress, [&](siamese_progress_fn f, void *user) {
            return siamese_model_train(c(), f, user);
        });
    }
    void resume()
    {
        check(siamese_model_resume(c(), nullptr, nullptr));
    }
    template <class F> void resume(F &&progress)
    {
        detail::with_progress(progress, [&](siamese_progress_fn f, void *user) {
            return siamese_model_resume(c(), f, user);
        });
    }
    void prepare()
    {
        check(siamese_model_prepare(c()));
    }
    void rebuild()
    {
        check(siamese_model_rebuild(c(), nullptr, nullptr));
    }
    void grow(std::size_t max_tokens = 0)
    {
        check(siamese_model_grow(c(), max_tokens));
    }
    void finish()
    {
        check(siamese_model_finish(c()));
    }
    void cancel()
    {
        check(siamese_model_cancel(c()));
    }

    siamese::hits search(siamese_search_request const &request) const
    {
        siamese_hits *out = nullptr;
        check(siamese_model_search(c(), &request, &out));
        return siamese::hits(out);
    }
    siamese::hits search(texts const &queries, std::size_t k = 10) const
    {
        siamese::request request;
        request.texts = queries.data();
        request.count = queries.size();
        request.k = k;
        return search(request);
    }
    std::vector<float> encode(texts const &rows,
                              std::int32_t side = SIAMESE_SIDE_QUERY,
                              std::size_t fields = 1) const
    {
        if (fields == 0 || rows.size() % fields != 0)
            throw error(SIAMESE_E_ARGUMENT,
                        "rows: not a whole number of rows of `fields` texts");
        std::size_t const count = rows.size() / fields;
        std::vector<float> out(count * info().dim);
        check(siamese_model_encode(c(), side, rows.data(), count, fields,
                                   out.data(), out.size()));
        return out;
    }

    void save(std::string const &path, save_options const &options = {}) const
    {
        check(siamese_model_save(c(), path.c_str(), &options));
    }
    void reload(std::string const &path, load_options const &options = {})
    {
        check(siamese_model_reload(c(), path.c_str(), &options));
    }

    siamese_model_info info() const
    {
        auto out = detail::sized<siamese_model_info>();
        check(siamese_model_get_info(c(), &out));
        return out;
    }
    vocab get_vocab() const
    {
        return part<vocab>(siamese_model_get_vocab);
    }
    tower get_query_tower() const
    {
        return part<tower>(siamese_model_get_query_tower);
    }
    tower get_item_tower() const
    {
        return part<tower>(siamese_model_get_item_tower);
    }
    trainer get_trainer() const
    {
        return part<trainer>(siamese_model_get_trainer);
    }
    index get_index() const
    {
        return part<index>(siamese_model_get_index);
    }
    items get_items() const
    {
        return part<items>(siamese_model_get_items);
    }
    ranker get_ranker() const
    {
        return part<ranker>(siamese_model_get_ranker);
    }

  private:
    template <class Part, class T>
    Part part(siamese_status (*get)(siamese_model const *, T **)) const
    {
        T *out = nullptr;
        check(get(c(), &out));
        return Part(out);
    }
};

} // namespace siamese

#undef SIAMESE_OPTIONS_

#endif
