/*
 * report_pca.h: vectors in two dimensions, by principal components. siamese map
 * draws its points by it.
 */
#ifndef REPORT_PCA_H
#define REPORT_PCA_H

#include <stddef.h>

/*
 * Puts each of vectors[count][dim] at places[count][2]: (x - m) . v_1 and
 * (x - m) . v_2, where m is their mean and v_1, v_2 the eigenvectors of the
 * largest eigenvalues of their covariance (Pearson 1901), each with the sign
 * that makes its largest number positive. shares[2] are what these directions
 * have of the whole variance. The same vectors give the same bits.
 */
void report_pca(const float *vectors, size_t count, size_t dim, double *places,
                double shares[2]);

#endif
