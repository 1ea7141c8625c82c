#include "golden/support/golden_torch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- parameters ---- */

typedef struct pair_of_names {
    const char *torch, *own;
} pair_of_names;

static const pair_of_names tables[] = {
    {"tok.weight", "embedding"},
    {"pos.weight", "position_embedding"},
    {"ln.weight", "embedding_norm_gamma"},
    {"ln.bias", "embedding_norm_beta"},
};

static const pair_of_names linears[] = {
    {"q", "query"},
    {"k", "key"},
    {"v", "value"},
    {"o", "attention_output"},
    {"f1", "feed_forward_hidden"},
    {"f2", "feed_forward_output"},
};

static const pair_of_names norms[] = {
    {"ln1", "attention_norm"},
    {"ln2", "feed_forward_norm"},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *own_name(const pair_of_names *names, size_t count,
                            const char *torch)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i].torch, torch) == 0) return names[i].own;
    return NULL;
}

/* "blocks.N.LAYER.weight" or ".bias" */
void golden_torch_name(const char *name, char *own, size_t size,
                       int *transposed)
{
    char layer[16] = "", kind[16] = "";
    int block = 0;
    *transposed = 0;
    const char *const table = own_name(tables, COUNT(tables), name);
    if (table) {
        snprintf(own, size, "%s", table);
        return;
    }
    if (sscanf(name, "blocks.%d.%15[^.].%15s", &block, layer, kind) != 3)
        golden_die("%s: no parameter of a transformer", name);
    int const weight = strcmp(kind, "weight") == 0;
    const char *const linear = own_name(linears, COUNT(linears), layer);
    const char *const norm = own_name(norms, COUNT(norms), layer);
    if (linear == NULL && norm == NULL)
        golden_die("%s: no parameter of a transformer", name);
    *transposed = linear && weight;
    if (linear)
        snprintf(own, size, "block%d_%s_%s", block, linear,
                 weight ? "kernel" : "bias");
    else
        snprintf(own, size, "block%d_%s_%s", block, norm,
                 weight ? "gamma" : "beta");
}

int golden_torch_is_noise(const char *name)
{
    size_t const size = strlen(name);
    return size > 7 && strcmp(name + size - 7, ".k.bias") == 0;
}

void golden_transpose(const float *from, size_t rows, size_t columns, float *to)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            to[j * rows + i] = from[i * columns + j];
}

/* ---- texts ---- */

siamese_vocab *golden_torch_vocab(const siamese_vocab_options *options,
                                  size_t size)
{
    golden_texts tokens = {NULL, 0};
    siamese_vocab *vocab = NULL;
    golden_texts_add(&tokens, "", 0);
    golden_texts_add(&tokens, "[UNK]", 5);
    for (size_t id = 2; id < size; id++) {
        char token[24];
        int const length = snprintf(token, sizeof token, "t%zu", id);
        golden_texts_add(&tokens, token, (size_t)length);
    }
    siamese_status status = siamese_vocab_create(&vocab, options);
    if (status == SIAMESE_OK)
        status = siamese_vocab_set_tokens(vocab, tokens.items, tokens.count);
    golden_texts_free(&tokens);
    if (status == SIAMESE_OK) return vocab;
    siamese_vocab_free(vocab);
    return NULL;
}

/* Id 1 is any token that the vocabulary lacks: "t1" is one. */
void golden_torch_texts(golden_texts *texts, const golden_array *ids)
{
    size_t const length = ids->shape[ids->rank - 1];
    char *const text = golden_alloc(length * 24 + 1, 1);
    for (size_t row = 0; row < ids->count / length; row++) {
        size_t used = 0;
        for (size_t i = 0; i < length; i++) {
            long const id = (long)ids->values[row * length + i];
            if (id == 0) break;
            used += (size_t)sprintf(text + used, "t%ld ", id);
        }
        golden_texts_add(texts, text, used);
    }
    free(text);
}
