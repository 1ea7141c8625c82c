/* version.h: the version of the header, for a check against siamese_version */
#ifndef SIAMESE_VERSION_H
#define SIAMESE_VERSION_H

#define SIAMESE_VERSION_MAJOR 0
#define SIAMESE_VERSION_MINOR 1
#define SIAMESE_VERSION_PATCH 0
#define SIAMESE_VERSION "0.1.0"

#endif
