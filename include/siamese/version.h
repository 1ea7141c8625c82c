/*
 * version.h: the version of these headers, for a check against
 * siamese_version(), which is that of the library.
 *
 * There is no SIAMESE_VERSION: catid/siamese, a library for erasure codes that
 * installs a siamese.h too, has a macro of that name, and a program may use
 * both.
 */
#ifndef LIBSIAMESE_VERSION_H
#define LIBSIAMESE_VERSION_H

#define SIAMESE_VERSION_MAJOR 0
#define SIAMESE_VERSION_MINOR 2
#define SIAMESE_VERSION_PATCH 0
#define SIAMESE_VERSION_STRING "0.2.0"

#endif
