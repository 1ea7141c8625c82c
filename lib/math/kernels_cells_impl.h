/* kernels_cells_impl.h: the gates of recurrent cells, included by kernels_impl.h. No
 * include guard on purpose.
 *
 * SM_HALF_KERNELS, where defined, is the level with vectors half as wide: for
 * units that are no multiple of the width its whole vectors are faster than part
 * vectors here. */

/* ---- LSTM ---- */

static void kernel_lstm_forward(size_t rows, size_t units, float *z,
                                const float *c_before, float *c_after,
                                float *h_after)
{
#if defined(SM_HALF_KERNELS)
    if (units % VEC_WIDTH) {
        SM_HALF_KERNELS.lstm_forward(rows, units, z, c_before, c_after,
                                     h_after);
        return;
    }
#endif
    for (size_t r = 0; r < rows; r++) {
        float *const gates = z + r * 4 * units;
        for (size_t j = 0; j < units; j += VEC_WIDTH) {
            size_t const n = units - j;
            float *const p = gates + j;
            vec const i = vec_sigmoid(load_some(p, n));
            vec const f = vec_sigmoid(load_some(p + units, n));
            vec const g = vec_tanh(load_some(p + 2 * units, n));
            vec const o = vec_sigmoid(load_some(p + 3 * units, n));
            /* c' = f c + i g, h' = o tanh(c') */
            vec const c = vec_fma(f, load_some(c_before + r * units + j, n),
                                  vec_mul(i, g));
            store_some(p, n, i);
            store_some(p + units, n, f);
            store_some(p + 2 * units, n, g);
            store_some(p + 3 * units, n, o);
            store_some(c_after + r * units + j, n, c);
            store_some(h_after + r * units + j, n, vec_mul(o, vec_tanh(c)));
        }
    }
}

static void kernel_lstm_backward(size_t rows, size_t units, float *gates,
                                 const float *c_before, const float *c_after,
                                 const float *dh, float *dc)
{
#if defined(SM_HALF_KERNELS)
    if (units % VEC_WIDTH) {
        SM_HALF_KERNELS.lstm_backward(rows, units, gates, c_before, c_after, dh,
                                      dc);
        return;
    }
#endif
    vec const one = vec_set(1);
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < units; j += VEC_WIDTH) {
            size_t const n = units - j, at = r * units + j;
            float *const p = gates + r * 4 * units + j;
            vec const i = load_some(p, n), f = load_some(p + units, n);
            vec const g = load_some(p + 2 * units, n);
            vec const o = load_some(p + 3 * units, n);
            vec const t = vec_tanh(load_some(c_after + at, n));
            vec const h_gradient = load_some(dh + at, n);
            /* dc' += dh' o (1 - tanh^2 c') */
            vec const c_gradient =
                vec_fma(vec_mul(h_gradient, o), vec_sub(one, vec_mul(t, t)),
                        load_some(dc + at, n));
            /* through sigma: s (1 - s); through tanh: 1 - g^2 */
            vec const di =
                vec_mul(vec_mul(c_gradient, g), vec_mul(i, vec_sub(one, i)));
            vec const df =
                vec_mul(vec_mul(c_gradient, load_some(c_before + at, n)),
                        vec_mul(f, vec_sub(one, f)));
            vec const dg =
                vec_mul(vec_mul(c_gradient, i), vec_sub(one, vec_mul(g, g)));
            vec const dgate_o =
                vec_mul(vec_mul(h_gradient, t), vec_mul(o, vec_sub(one, o)));
            store_some(p, n, di);
            store_some(p + units, n, df);
            store_some(p + 2 * units, n, dg);
            store_some(p + 3 * units, n, dgate_o);
            store_some(dc + at, n, vec_mul(c_gradient, f));
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
            size_t const n = units - j, at = r * units + j;
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
            size_t const n = units - j, at = r * units + j;
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
