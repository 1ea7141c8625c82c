// model.hpp: the simple way in of siamese.hpp: items, hits and the model.
#ifndef LIBSIAMESE_CPP_MODEL_HPP
#define LIBSIAMESE_CPP_MODEL_HPP

#include <siamese/cpp/parts.hpp>
#include <deque>

namespace siamese
{

SIAMESE_OPTIONS_(items);
SIAMESE_OPTIONS_(model);

// ---- hits ----

// One hit; its texts stand in the hits, and end at a NUL: where some have one
// inside, texts("title") and texts("id") of the hits give all of it. The id is
// one or the other.
struct hit {
    std::int64_t row;
    std::int64_t id;
    std::string_view text_id;
    std::string_view title;
    float score;
};

class hits : public detail::handle<siamese_hits, siamese_hits_free>
{
  public:
    using handle::handle;
    std::size_t query_count() const noexcept
    {
        return siamese_hits_query_count(c());
    }
    std::size_t size(std::size_t query = 0) const noexcept
    {
        return siamese_hits_count(c(), query);
    }
    bool known(std::size_t query = 0) const noexcept
    {
        return siamese_hits_known(c(), query) != 0;
    }
    // Hit i of a query, the best is 0; throws std::out_of_range.
    hit at(std::size_t i, std::size_t query = 0) const
    {
        if (i >= size(query)) throw std::out_of_range("siamese::hits::at");
        return *iterator(this, query, i);
    }
    span<std::int64_t const> rows(std::size_t query = 0) const noexcept
    {
        return {siamese_hits_rows(c(), query), size(query)};
    }
    span<float const> scores(std::size_t query = 0) const noexcept
    {
        return {siamese_hits_scores(c(), query), size(query)};
    }
    // Empty where ids are texts.
    span<std::int64_t const> ids(std::size_t query = 0) const noexcept
    {
        std::int64_t const *const ids = siamese_hits_ids(c(), query);
        return {ids, ids ? size(query) : 0};
    }
    // A column of all hits of all queries.
    std::vector<siamese_text> texts(char const *column) const
    {
        return column_of<siamese_text>(siamese_hits_get_texts, column);
    }
    std::vector<std::int64_t> integers(char const *column) const
    {
        return column_of<std::int64_t>(siamese_hits_get_integers, column);
    }
    std::vector<double> numbers(char const *column) const
    {
        return column_of<double>(siamese_hits_get_numbers, column);
    }

    // for (siamese::hit const &hit : hits): those of query 0.
    class iterator
    {
      public:
        iterator(hits const *of, std::size_t query, std::size_t i) noexcept
            : of_(of), query_(query), i_(i),
              rows_(siamese_hits_rows(of->c(), query)),
              ids_(siamese_hits_ids(of->c(), query)),
              scores_(siamese_hits_scores(of->c(), query))
        {
        }
        hit operator*() const
        {
            siamese_hits const *const c = of_->c();
            return {rows_[i_], ids_ ? ids_[i_] : -1,
                    ids_ ? std::string_view()
                         : view_of(siamese_hits_text_id(c, query_, i_)),
                    view_of(siamese_hits_title(c, query_, i_)), scores_[i_]};
        }
        iterator &operator++() noexcept
        {
            return ++i_, *this;
        }
        bool operator!=(iterator const &other) const noexcept
        {
            return i_ != other.i_;
        }

      private:
        hits const *of_;
        std::size_t query_, i_;
        std::int64_t const *rows_, *ids_;
        float const *scores_;
    };
    iterator begin() const noexcept
    {
        return {this, 0, 0};
    }
    iterator end() const noexcept
    {
        return {this, 0, size()};
    }

  private:
    static std::string_view view_of(char const *text) noexcept
    {
        return text ? std::string_view(text) : std::string_view();
    }
    template <class T, class F>
    std::vector<T> column_of(F read, char const *column) const
    {
        std::size_t needed = 0;
        std::size_t const queries = query_count();
        std::vector<T> out(queries ? siamese_hits_offsets(c())[queries] : 0);
        check(read(c(), column, out.data(), nullptr, out.size(), &needed));
        return out;
    }
};

// ---- what is searched, and how ----

// siamese_search_request with its defaults, which are asked for once.
struct request : siamese_search_request {
    request() : siamese_search_request(defaults())
    {
    }
    // For rows of vectors of so many numbers, which the searched index is held
    // to; they must outlive the request.
    request(span<float const> rows, std::size_t numbers) : request()
    {
        if (numbers == 0 || rows.size() % numbers != 0)
            throw error(SIAMESE_E_ARGUMENT, "request: not rows of dim floats");
        vectors = rows.data();
        count = rows.size() / numbers;
        dim = numbers;
    }

  private:
    static siamese_search_request made()
    {
        siamese_search_request out;
        check(siamese_search_request_init(&out, sizeof out));
        return out;
    }
    static siamese_search_request const &defaults()
    {
        static siamese_search_request const once = made();
        return once;
    }
};

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
