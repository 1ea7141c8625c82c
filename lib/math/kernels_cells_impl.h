/* kernels_cells_impl.h: the gates of recurrent cells, included by
 * kernels_impl.h. No include guard on purpose.
 *
 * SM_HALF_KERNELS, where defined, is the level with vectors half as wide: for
 * units that are no multiple of the width its whole vectors are faster than
 * part vectors here. Half a vector of units alone is two rows' at once. */

/* How many of the units that are left a vector has. They are padded to
 * SM_UNIT_PADDING: where that is the width, each vector is whole. */
static inline size_t cell_units(size_t left)
{
#if defined(SM_LEVEL_NEON)
    (void)left;
    return SM_UNIT_PADDING;
#else
    return left;
#endif
}

/* ---- LSTM ---- */

/* One vector of units: z becomes the gates i, f, g, o; gives c' and h'. */
static inline vec lstm_cell(vec z[4], vec c_before, vec *h)
{
    z[0] = vec_sigmoid(z[0]);
    z[1] = vec_sigmoid(z[1]);
    z[2] = vec_tanh(z[2]);
    z[3] = vec_sigmoid(z[3]);
    /* c' = f c + i g, h' = o tanh(c') */
    vec const c = vec_fma(z[1], c_before, vec_mul(z[0], z[2]));
    *h = vec_mul(z[3], vec_tanh(c));
    return c;
}

#if defined(SM_LEVEL_AVX512)
/* Half a vector of units: two rows at once, or one twice. */
static void lstm_forward_halves(size_t rows, float *z, const float *c_before,
                                float *c_after, float *h_after)
{
    enum { UNITS = VEC_HALF };
    for (size_t r = 0; r < rows; r += 2) {
        size_t const next = r + 1 < rows;
        float *const p = z + r * 4 * UNITS, *const q = p + next * 4 * UNITS;
        size_t const at = r * UNITS, other = at + next * UNITS;
        vec gates[4], h;
#pragma GCC unroll 4
        for (size_t k = 0; k < 4; k++)
            gates[k] = vec_load_halves(p + k * UNITS, q + k * UNITS);
        vec const c = lstm_cell(
            gates, vec_load_halves(c_before + at, c_before + other), &h);
#pragma GCC unroll 4
        for (size_t k = 0; k < 4; k++)
            vec_store_halves(p + k * UNITS, q + k * UNITS, gates[k]);
        vec_store_halves(c_after + at, c_after + other, c);
        vec_store_halves(h_after + at, h_after + other, h);
    }
}
#endif

static void kernel_lstm_forward(size_t rows, size_t units, float *z,
                                const float *c_before, float *c_after,
                                float *h_after)
{
#if defined(SM_HALF_KERNELS)
    if (units == VEC_HALF) {
        lstm_forward_halves(rows, z, c_before, c_after, h_after);
        return;
    }
    if (units % VEC_WIDTH) {
        SM_HALF_KERNELS.lstm_forward(rows, units, z, c_before, c_after,
                                     h_after);
        return;
    }
#endif
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < units; j += VEC_WIDTH) {
            size_t const n = cell_units(units - j), at = r * units + j;
            float *const p = z + r * 4 * units + j;
            vec gates[4], h;
#pragma GCC unroll 4
            for (size_t k = 0; k < 4; k++)
                gates[k] = load_some(p + k * units, n);
            vec const c = lstm_cell(gates, load_some(c_before + at, n), &h);
#pragma GCC unroll 4
            for (size_t k = 0; k < 4; k++)
                store_some(p + k * units, n, gates[k]);
            store_some(c_after + at, n, c);
            store_some(h_after + at, n, h);
        }
    }
}

/* Its derivative: the gates become the gradients of their sums; dc that of
 * c. */
static inline vec lstm_cell_backward(vec gates[4], vec c_before, vec c_after,
                                     vec dh, vec dc)
{
    vec const one = vec_set(1);
    vec const i = gates[0], f = gates[1], g = gates[2], o = gates[3];
    vec const t = vec_tanh(c_after);
    /* dc' += dh' o (1 - tanh^2 c') */
    vec const c_gradient =
        vec_fma(vec_mul(dh, o), vec_sub(one, vec_mul(t, t)), dc);
    /* through sigma: s (1 - s); through tanh: 1 - g^2 */
    gates[0] = vec_mul(vec_mul(c_gradient, g), vec_mul(i, vec_sub(one, i)));
    gates[1] =
        vec_mul(vec_mul(c_gradient, c_before), vec_mul(f, vec_sub(one, f)));
    gates[2] = vec_mul(vec_mul(c_gradient, i), vec_sub(one, vec_mul(g, g)));
    gates[3] = vec_mul(vec_mul(dh, t), vec_mul(o, vec_sub(one, o)));
    return vec_mul(c_gradient, f);
}

#if defined(SM_LEVEL_AVX512)
static void lstm_backward_halves(size_t rows, float *gates,
                                 const float *c_before, const float *c_after,
                                 const float *dh, float *dc)
{
    enum { UNITS = VEC_HALF };
    for (size_t r = 0; r < rows; r += 2) {
        size_t const next = r + 1 < rows;
        float *const p = gates + r * 4 * UNITS;
        float *const q = p + next * 4 * UNITS;
        size_t const at = r * UNITS, other = at + next * UNITS;
        vec z[4];
#pragma GCC unroll 4
        for (size_t k = 0; k < 4; k++)
            z[k] = vec_load_halves(p + k * UNITS, q + k * UNITS);
        vec const c = lstm_cell_backward(
            z, vec_load_halves(c_before + at, c_before + other),
            vec_load_halves(c_after + at, c_after + other),
            vec_load_halves(dh + at, dh + other),
            vec_load_halves(dc + at, dc + other));
#pragma GCC unroll 4
        for (size_t k = 0; k < 4; k++)
            vec_store_halves(p + k * UNITS, q + k * UNITS, z[k]);
        vec_store_halves(dc + at, dc + other, c);
    }
}
#endif

static void kernel_lstm_backward(size_t rows, size_t units, float *gates,
                                 const float *c_before, const float *c_after,
                                 const float *dh, float *dc)
{
#if defined(SM_HALF_KERNELS)
    if (units == VEC_HALF) {
        lstm_backward_halves(rows, gates, c_before, c_after, dh, dc);
        return;
    }
    if (units % VEC_WIDTH) {
        SM_HALF_KERNELS.lstm_backward(rows, units, gates, c_before, c_after, dh,
                                      dc);
        return;
    }
#endif
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < units; j += VEC_WIDTH) {
            size_t const n = cell_units(units - j), at = r * units + j;
            float *const p = gates + r * 4 * units + j;
            vec z[4];
#pragma GCC unroll 4
            for (size_t k = 0; k < 4; k++) z[k] = load_some(p + k * units, n);
            vec const c = lstm_cell_backward(
                z, load_some(c_before + at, n), load_some(c_after + at, n),
                load_some(dh + at, n), load_some(dc + at, n));
#pragma GCC unroll 4
            for (size_t k = 0; k < 4; k++) store_some(p + k * units, n, z[k]);
            store_some(dc + at, n, c);
        }
    }
}

/* ---- GRU ---- */

static void kernel_gru_forward(size_t rows, size_t units, float *z,
                               const float *h_before, float *h_after)
{
#if defined(SM_HALF_KERNELS)
    if (units % VEC_WIDTH) {
        SM_HALF_KERNELS.gru_forward(rows, units, z, h_before, h_after);
        return;
    }
#endif
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < units; j += VEC_WIDTH) {
            size_t const n = cell_units(units - j), at = r * units + j;
            float *const p = z + r * 4 * units + j;
            vec const update = vec_sigmoid(load_some(p, n));
            vec const reset = vec_sigmoid(load_some(p + units, n));
            vec const g = vec_tanh(vec_fma(reset, load_some(p + 3 * units, n),
                                           load_some(p + 2 * units, n)));
            store_some(p, n, update);
            store_some(p + units, n, reset);
            store_some(p + 2 * units, n, g);
            /* h' = z h + (1 - z) g = g + z (h - g) */
            store_some(
                h_after + at, n,
                vec_fma(update, vec_sub(load_some(h_before + at, n), g), g));
        }
    }
}

static void kernel_gru_backward(size_t rows, size_t units, float *gates,
                                const float *h_before, float *dh)
{
#if defined(SM_HALF_KERNELS)
    if (units % VEC_WIDTH) {
        SM_HALF_KERNELS.gru_backward(rows, units, gates, h_before, dh);
        return;
    }
#endif
    vec const one = vec_set(1);
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < units; j += VEC_WIDTH) {
            size_t const n = cell_units(units - j), at = r * units + j;
            float *const p = gates + r * 4 * units + j;
            vec const update = load_some(p, n), reset = load_some(p + units, n);
            vec const g = load_some(p + 2 * units, n);
            vec const h_sum = load_some(p + 3 * units, n);
            vec const h_gradient = load_some(dh + at, n);
            /* through z: dh' (h - g), sigma' = z (1 - z) */
            vec const dupdate = vec_mul(
                vec_mul(h_gradient, vec_sub(load_some(h_before + at, n), g)),
                vec_mul(update, vec_sub(one, update)));
            /* through tanh: dh' (1 - z) (1 - g^2) */
            vec const dx = vec_mul(vec_mul(h_gradient, vec_sub(one, update)),
                                   vec_sub(one, vec_mul(g, g)));
            vec const dreset = vec_mul(vec_mul(dx, h_sum),
                                       vec_mul(reset, vec_sub(one, reset)));
            store_some(p, n, dupdate);
            store_some(p + units, n, dreset);
            store_some(p + 2 * units, n, dx);
            store_some(p + 3 * units, n, vec_mul(dx, reset));
            store_some(dh + at, n, vec_mul(h_gradient, update));
        }
    }
}
