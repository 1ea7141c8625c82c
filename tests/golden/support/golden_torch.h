/* golden_torch.h: what differs in PyTorch's cases: texts are given as token
 * ids, parameters have other names, and linear layers hold W as [out][in]. */
#ifndef GOLDEN_TORCH_H
#define GOLDEN_TORCH_H

#include "golden/support/golden_files.h"

/* The library's name of a parameter of PyTorch's; whether it is transposed. */
void golden_torch_name(const char *name, char *own, size_t size,
                       int *transposed);

/* Whether its gradient is 0 but for rounding: softmax does not see what all
 * keys have in common. */
int golden_torch_is_noise(const char *name);

/* from[rows][columns] to to[columns][rows] */
void golden_transpose(const float *from, size_t rows, size_t columns,
                      float *to);

/* A vocabulary in which token "tID" has the id ID, for all ids below `size`. */
siamese_vocab *golden_torch_vocab(const siamese_vocab_options *options,
                                  size_t size);

/* The rows of ids[steps][batch][length] as texts of such tokens. */
void golden_torch_texts(golden_texts *texts, const golden_array *ids);

#endif
