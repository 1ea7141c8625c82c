/* 02: import the weights of another program by name, and encode with them.
 *
 *   02_import_and_encode FOLDER TEXT ...
 *
 * FOLDER has vocab.txt, a token a line in id order ('' and [UNK] first), and
 * NAME.npy for each parameter, as numpy.save writes the arrays of a Keras
 * model and `siamese export` its own. The tower has the default options, the
 * notebook's. Prints the vector of each text. */
#include <siamese/siamese.h>

#include "02_files.h"

#define TRY(call)                                                              \
    ((call) == SIAMESE_OK ? (void)0 : fail(#call, siamese_last_error()))

static void import_vocab(siamese_vocab *vocab, const char *folder)
{
    size_t size, count = 0;
    char *const bytes = read_file(folder, "vocab.txt", &size);
    siamese_text *const tokens = malloc((size + 1) * sizeof *tokens);
    if (!tokens) fail("vocab.txt", "needs more memory than there is");
    for (char *at = bytes, *end; (end = strchr(at, '\n')); at = end + 1)
        tokens[count++] = (siamese_text){at, (size_t)(end - at)};
    TRY(siamese_vocab_set_tokens(vocab, tokens, count));
    free(tokens);
    free(bytes);
}

/* The library checks the count of each and that all numbers are finite. */
static void import_parameters(siamese_tower *tower, const char *folder)
{
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        char file[80];
        size_t count;
        TRY(siamese_tower_parameter_info(tower, i, &info));
        snprintf(file, sizeof file, "%s.npy", info.name);
        float *const values = read_npy(folder, file, &count);
        TRY(siamese_tower_parameter_set(tower, info.name, values, count));
        free(values);
    }
}

int main(int argc, char **argv)
{
    siamese_vocab *vocab;
    siamese_tower *tower;
    if (argc < 3) fail("usage", "02_import_and_encode FOLDER TEXT ...");

    TRY(siamese_vocab_create(&vocab, NULL));
    import_vocab(vocab, argv[1]);
    TRY(siamese_tower_create(&tower, NULL));
    TRY(siamese_tower_add_field(tower, "title", vocab, NULL));
    siamese_vocab_free(vocab); /* the tower keeps it alive */
    import_parameters(tower, argv[1]);

    size_t const dim = siamese_tower_dim(tower);
    float *const vector = malloc(dim * sizeof *vector);
    if (!vector) fail("vector", "needs more memory than there is");
    for (int i = 2; i < argc; i++) {
        siamese_text const text = {argv[i], strlen(argv[i])};
        TRY(siamese_tower_encode(tower, &text, 1, 1, vector, dim));
        for (size_t j = 0; j < dim; j++)
            printf("%s%.9g", j ? " " : "", vector[j]);
        printf("\n");
    }
    free(vector);
    siamese_tower_free(tower);
    return 0;
}
