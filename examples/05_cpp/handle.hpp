// A handle that frees itself, errors as exceptions, texts from literals: all
// that C++ needs around the C API.
#ifndef HANDLE_HPP
#define HANDLE_HPP

#include <siamese/siamese.h>
#include <cstddef>
#include <stdexcept>

// The text is this thread's; the exception carries a copy of it.
inline void check(siamese_status status)
{
    if (status != SIAMESE_OK) throw std::runtime_error(siamese_last_error());
}

template <class T, void (*release)(T *)> class Handle {
public:
    Handle() : handle(nullptr) {}
    ~Handle() { release(handle); }
    Handle(const Handle &) = delete;
    Handle &operator=(const Handle &) = delete;
    operator T *() const { return handle; } // as an argument
    T **out() { return &handle; }           // where a _create writes

private:
    T *handle;
};

using Vocab = Handle<siamese_vocab, siamese_vocab_free>;
using Tower = Handle<siamese_tower, siamese_tower_free>;
using Trainer = Handle<siamese_trainer, siamese_trainer_free>;
using Index = Handle<siamese_index, siamese_index_free>;

constexpr siamese_text operator""_t(const char *data, std::size_t size)
{
    return {data, size};
}

#endif
