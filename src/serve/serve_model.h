/*
 * serve_model.h: a model file that is served, and served anew when the file has
 * changed: siamese_model_reload puts the new one in place while searches run,
 * and a file that cannot be served leaves the old one there.
 */
#ifndef SERVE_MODEL_H
#define SERVE_MODEL_H

#include <stdatomic.h>

#include <siamese/siamese.h>

typedef struct serve_model {
    const char *path;
    char *name; /* the file's, without folder and ending */
    siamese_model *model;
    siamese_load_options load;
    atomic_int decodes; /* whether entities of queries are decoded, as those of
                         * the texts that it learned from were */
} serve_model;

/* Opens path; the command ends if it cannot be served. To be closed. */
void serve_model_open(serve_model *served, const char *path,
                      const siamese_load_options *load);
void serve_model_close(serve_model *served);

/* Puts the file as it is now in place of the model; 0, and why not, if the old
 * one stays. */
int serve_model_reload(serve_model *served, char *reason, size_t size);

/* What the model is at the moment. */
siamese_model_info serve_model_info(const serve_model *served);

#endif
