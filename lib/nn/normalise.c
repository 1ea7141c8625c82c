/* normalise.c: rows in, rows of length 1 out, and the gradients back. For the
 * tower's head. */
#include "nn/normalise.h"

#include <math.h>
#include <stdbool.h>

#include "common/size.h"

static const float least_square = 1e-12f;

static float inverse_length(float square)
{
    return 1 / sqrtf(square > least_square ? square : least_square);
}

/* The same for a vector whose square is no float; in double, where those of
 * finite numbers neither overflow nor vanish. */
static bool normalise_long(const float *x, size_t dim, float *y)
{
    bool finite = true;
    double square = 0;
    for (size_t j = 0; j < dim; j++) square += (double)x[j] * x[j];
    double const inverse = 1 / sqrt(square);
    for (size_t j = 0; j < dim; j++) {
        y[j] = (float)(x[j] * inverse);
        finite = finite && isfinite(y[j]);
    }
    return finite;
}

size_t sm_normalise_rows(const sm_kernels *kernels, size_t rows, size_t dim,
                         const float *x, float *y, float *squares)
{
    size_t sound = rows;
    for (size_t r = 0; r < rows; r++) {
        const float *const from = x + r * dim;
        float const square = kernels->dot(from, from, dim);
        float const inverse = inverse_length(square);
        if (isfinite(square))
            for (size_t j = 0; j < dim; j++) y[r * dim + j] = from[j] * inverse;
        else if (!normalise_long(from, dim, y + r * dim))
            sound = sm_min(sound, r);
        if (squares) squares[r] = square;
    }
    return sound;
}

void sm_normalise_gradient(const sm_kernels *kernels, size_t rows, size_t dim,
                           const float *y, const float *squares,
                           const float *dy, float *dx)
{
    for (size_t r = 0; r < rows; r++) {
        size_t const at = r * dim;
        float const inverse = squares[r] > 0 ? inverse_length(squares[r]) : 0;
        float const along =
            squares[r] > least_square ? kernels->dot(y + at, dy + at, dim) : 0;
        for (size_t j = at; j < at + dim; j++)
            dx[j] = inverse * (dy[j] - y[j] * along);
    }
}
