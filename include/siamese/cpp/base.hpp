// base.hpp: what all classes of siamese.hpp share: errors as exceptions, arrays
// and texts as arguments, handles that free themselves, option structs.
#ifndef LIBSIAMESE_CPP_BASE_HPP
#define LIBSIAMESE_CPP_BASE_HPP

#include <siamese/siamese.h>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace siamese
{

// ---- errors ----

// What every function throws: the status, and the text of siamese_last_error,
// copied.
class error : public std::runtime_error
{
  public:
    error(siamese_status status, char const *text)
        : std::runtime_error(text), status_(status)
    {
    }
    siamese_status status() const noexcept
    {
        return status_;
    }
    char const *name() const noexcept
    {
        return siamese_status_name(status_);
    }

  private:
    siamese_status status_;
};

inline void check(siamese_status status)
{
    if (status != SIAMESE_OK) throw error(status, siamese_last_error());
}

// ---- arrays and texts as arguments ----

// Contiguous elements of somebody else's, as std::span of C++20.
template <class T> class span
{
  public:
    constexpr span() noexcept = default;
    constexpr span(T *data, std::size_t size) noexcept
        : data_(data), size_(size)
    {
    }
    template <
        class C,
        class = std::enable_if_t<std::is_convertible_v<
            std::remove_pointer_t<decltype(std::declval<C &>().data())> (*)[],
            T (*)[]>>>
    constexpr span(C &&container) noexcept
        : data_(container.data()), size_(container.size())
    {
    }
    constexpr T *data() const noexcept
    {
        return data_;
    }
    constexpr std::size_t size() const noexcept
    {
        return size_;
    }
    constexpr bool empty() const noexcept
    {
        return size_ == 0;
    }
    constexpr T *begin() const noexcept
    {
        return data_;
    }
    constexpr T *end() const noexcept
    {
        return data_ + size_;
    }
    constexpr T &operator[](std::size_t i) const noexcept
    {
        return data_[i];
    }

  private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

inline siamese_text text(std::string_view view) noexcept
{
    return {view.data(), view.size()};
}
inline std::string_view view(siamese_text text) noexcept
{
    return {text.data, text.size};
}

// Texts as an argument: one text, a list, any container of what converts to
// std::string_view, or ready siamese_texts. It refers to their bytes, which
// must outlive the call.
class texts
{
    template <class C>
    using element = decltype(*std::begin(std::declval<C const &>()));
    // Of a string that an iterator gives by value nothing would stay.
    template <class E>
    static constexpr bool stays =
        std::is_reference_v<E> || std::is_pointer_v<E> ||
        std::is_same_v<std::remove_cv_t<E>, std::string_view>;
    template <class C>
    using container =
        std::enable_if_t<std::is_convertible_v<element<C>, std::string_view> &&
                         stays<element<C>> &&
                         !std::is_convertible_v<C const &, std::string_view>>;

  public:
    texts(std::string_view one) noexcept : one_(text(one)), size_(1)
    {
    }
    texts(std::string const &one) noexcept : texts(std::string_view(one))
    {
    }
    texts(char const *one) noexcept : texts(std::string_view(one))
    {
    }
    texts(std::initializer_list<std::string_view> list)
    {
        fill(list);
    }
    template <class C, class = container<C>> texts(C const &list)
    {
        fill(list);
    }
    texts(span<siamese_text const> ready) noexcept
        : ready_(ready.data()), size_(ready.size())
    {
    }
    texts(texts &&) noexcept = default;
    texts &operator=(texts &&) = delete;

    siamese_text const *data() const noexcept
    {
        return ready_                       ? ready_
               : size_ == 1 && own_.empty() ? &one_
                                            : own_.data();
    }
    std::size_t size() const noexcept
    {
        return size_;
    }

  private:
    template <class C> void fill(C const &list)
    {
        own_.reserve(std::size(list));
        for (auto const &each : list) own_.push_back(text(each));
        size_ = own_.size();
    }
    siamese_text one_ = {nullptr, 0};
    std::vector<siamese_text> own_;
    siamese_text const *ready_ = nullptr;
    std::size_t size_ = 0;
};

// ---- what the classes share ----

namespace detail
{

template <class T, void (*release)(T *)> class handle
{
  public:
    handle() noexcept = default;
    explicit handle(T *owned) noexcept : owned_(owned)
    {
    }
    // Of the C API: still owned here.
    T *c() const noexcept
    {
        return owned_.get();
    }

  protected:
    ~handle() = default;
    handle(handle &&) noexcept = default;
    handle &operator=(handle &&) noexcept = default;

  private:
    struct deleter {
        void operator()(T *owned) const noexcept
        {
            release(owned);
        }
    };
    std::unique_ptr<T, deleter> owned_;
};

// The handle that create(&handle, arguments ...) makes.
template <class T, class F, class... A> T *made(F create, A... arguments)
{
    T *out = nullptr;
    check(create(&out, arguments...));
    return out;
}

// Calls read(buffer, size, &needed) until its text fits, which may have NULs
// inside.
template <class F> std::string text_of(F read)
{
    std::string text(64, '\0');
    for (;;) {
        std::size_t needed = 0;
        siamese_status const status = read(&text[0], text.size(), &needed);
        if (status != SIAMESE_E_RANGE) check(status);
        text.resize(status == SIAMESE_OK ? needed : needed + 1);
        if (status == SIAMESE_OK) return text;
    }
}

template <class T> T sized()
{
    T value{};
    value.struct_size = sizeof value;
    return value;
}

// A struct of options as a value: it begins with the defaults.
template <class Raw, siamese_status (*init)(Raw *, std::size_t),
          siamese_status (*assign)(Raw *, char const *, char const *),
          siamese_status (*read)(Raw const *, char const *, char *, std::size_t,
                                 std::size_t *)>
struct options : Raw {
    options()
    {
        check(init(this, sizeof(Raw)));
    }
    // By name and text, as on the command line.
    options &set(char const *name, std::string const &value)
    {
        check(assign(this, name, value.c_str()));
        return *this;
    }
    std::string get(char const *name) const
    {
        return text_of(
            [&](char *buffer, std::size_t size, std::size_t *needed) {
                return read(this, name, buffer, size, needed);
            });
    }
};

// A progress function of a host's, which returns true to go on and may throw.
template <class F> struct progress_state {
    F &progress;
    std::exception_ptr thrown;

    // What the C API asks for: 0 to go on.
    template <class T> std::int32_t tell(T const &of) noexcept
    {
        try {
            return progress(of) ? 0 : 1;
        } catch (...) {
            thrown = std::current_exception();
            return 1;
        }
    }
    // A throw has cancelled, and goes on here.
    void finish(siamese_status status) const
    {
        if (thrown) std::rethrow_exception(thrown);
        check(status);
    }
};

// Runs run(callback, user) of training.
template <class F, class Run> void with_progress(F &&progress, Run run)
{
    using state = progress_state<std::remove_reference_t<F>>;
    state s{progress, nullptr};
    siamese_progress_fn const call = [](void *user, siamese_progress const *p) {
        return static_cast<state *>(user)->tell(*p);
    };
    s.finish(run(call, &s));
}

// The same of an index, which tells the share that is done.
template <class F, class Run> void with_share(F &&progress, Run run)
{
    using state = progress_state<std::remove_reference_t<F>>;
    state s{progress, nullptr};
    siamese_index_progress_fn const call = [](void *user, double done) {
        return static_cast<state *>(user)->tell(done);
    };
    s.finish(run(call, &s));
}

// The callbacks of a source S, whose throws are told in words.
template <class S> struct source_of {
    template <class F>
    static std::int32_t told(F &&call, char *text, std::size_t size)
    {
        try {
            call();
            return 0;
        } catch (std::exception const &e) {
            std::snprintf(text, size, "%s", e.what());
        } catch (...) {
            std::snprintf(text, size, "an exception without words");
        }
        return 1;
    }
    static std::int32_t read(void *context, siamese_pairs *pairs, char *text,
                             std::size_t size)
    {
        return told([&] { static_cast<S *>(context)->read(*pairs); }, text,
                    size);
    }
    static std::int32_t rewind(void *context, char *text, std::size_t size)
    {
        return told([&] { static_cast<S *>(context)->rewind(); }, text, size);
    }
    static void release(void *context)
    {
        delete static_cast<S *>(context);
    }
};

} // namespace detail

// A struct of options NAME as the class NAME_options.
#define SIAMESE_OPTIONS_(name)                                                 \
    using name##_options =                                                     \
        detail::options<siamese_##name##_options,                              \
                        siamese_##name##_options_init,                         \
                        siamese_##name##_options_set,                          \
                        siamese_##name##_options_get>

} // namespace siamese

#endif
