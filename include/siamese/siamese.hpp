// siamese.hpp: libsiamese for C++17, header-only: handles that free themselves,
// texts from anything like std::string_view, errors as exceptions.
//
// Each class wraps one handle of the C API and adds nothing to it: what a
// function does, its shapes, errors and thread rule stand at the C function of
// the same name. c() gives the handle out for what is not wrapped. Handles
// move and do not copy. A function of a handle that was moved from throws
// siamese::error with SIAMESE_E_ARGUMENT.
//
//   siamese::vocab vocab;
//   vocab.add({"oak desk", "brass tap"});
//   vocab.finish();
#ifndef LIBSIAMESE_SIAMESE_HPP
#define LIBSIAMESE_SIAMESE_HPP

#include <siamese/cpp/base.hpp>
#include <siamese/cpp/index.hpp>
#include <siamese/cpp/parts.hpp>
#include <siamese/cpp/hits.hpp>
#include <siamese/cpp/model.hpp>

#endif
