/* sanitized.h: whether a sanitizer that stands in malloc's place is built in,
 * told by gcc in one way and by clang in another. For tests that replace
 * malloc, limit a process's memory, or would take too long. */
#ifndef SANITIZED_H
#define SANITIZED_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
