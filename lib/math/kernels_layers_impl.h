/* kernels_layers_impl.h: the part of kernels_impl.h that works on rows of
 * activations: softmax, layer normalisation, activation functions. */

/* ---- part vectors ---- */

static const float kernel_ones[VEC_WIDTH] = {
    1, 1, 1, 1,
#if !defined(SM_LEVEL_PORTABLE)
    1, 1, 1, 1,
#endif
#if defined(SM_LEVEL_AVX512)
    1, 1, 1, 1, 1, 1, 1, 1,
#endif
};

/* 1 in the first n lanes, 0 in the others */
static inline vec vec_first(size_t n)
{
    return load_some(kernel_ones, n);
}

/* ---- softmax of rows ---- */

static inline float row_maximum(size_t n, const float *x)
{
    vec highest = vec_set(-FLT_MAX);
    for (size_t i = 0; i < n; i += VEC_WIDTH) {
        /* 0 in the lanes of the row, the lowest number in those past it */
        vec const past =
            vec_mul(vec_sub(vec_first(n - i), vec_set(1)), vec_set(FLT_MAX));
        highest = vec_max(highest, vec_add(load_some(x + i, n - i), past));
    }
    return vec_largest(highest);
}

static void kernel_softmax(size_t rows, size_t n, float scale, float *x)
{
    for (size_t r = 0; r < rows; r++, x += n) {
        /* p_i = exp(s (x_i - max)) / sum_j exp(s (x_j - max)), s > 0 */
        vec const shift = vec_set(row_maximum(n, x));
        vec sum = vec_set(0);
        for (size_t i = 0; i < n; i += VEC_WIDTH) {
            vec const inside = vec_first(n - i);
            vec const below =
                vec_sub(load_some(x + i, n - i), vec_mul(shift, inside));
            vec const e = vec_exp(vec_mul(below, vec_set(scale)));
            store_some(x + i, n - i, e);
            sum = vec_fma(e, inside, sum);
        }
        kernel_scale(n, 1 / vec_sum(sum), x);
    }
}

static void kernel_softmax_gradient(size_t rows, size_t n, float scale,
                                    const float *p, float *gradient)
{
    for (size_t r = 0; r < rows; r++, p += n, gradient += n) {
        /* dx_i = s p_i (dp_i - sum_j p_j dp_j) */
        vec const mean = vec_set(kernel_dot(p, gradient, n));
        for (size_t i = 0; i < n; i += VEC_WIDTH) {
            vec const difference =
                vec_sub(load_some(gradient + i, n - i), mean);
            store_some(gradient + i, n - i,
                       vec_mul(vec_mul(load_some(p + i, n - i), vec_set(scale)),
                               difference));
        }
    }
}

/* ---- layer normalisation (Ba, Kiros and Hinton 2016) ---- */

static inline float row_mean(size_t n, const float *x)
{
    vec sum = vec_set(0);
    for (size_t i = 0; i < n; i += VEC_WIDTH)
        sum = vec_add(sum, load_some(x + i, n - i));
    return vec_sum(sum) / (float)n;
}

/* sum_i (x_i - mean)^2 / n */
static inline float row_variance(size_t n, const float *x, float mean)
{
    vec sum = vec_set(0);
    for (size_t i = 0; i < n; i += VEC_WIDTH) {
        vec const d = vec_sub(load_some(x + i, n - i),
                              vec_mul(vec_first(n - i), vec_set(mean)));
        sum = vec_fma(d, d, sum);
    }
    return vec_sum(sum) / (float)n;
}

static void kernel_layer_norm(size_t rows, size_t n, const float *x,
                              const float *gamma, const float *beta,
                              float epsilon, float *normalised, float *inverse,
                              float *y)
{
    for (size_t r = 0; r < rows; r++) {
        /* z = (x - mean) / sqrt(variance + epsilon), y = gamma z + beta */
        const float *const from = x + r * n;
        float const mean = row_mean(n, from);
        float const scale = 1 / sqrtf(row_variance(n, from, mean) + epsilon);
        if (inverse) inverse[r] = scale;
        for (size_t i = 0; i < n; i += VEC_WIDTH) {
            vec const z =
                vec_mul(vec_sub(load_some(from + i, n - i), vec_set(mean)),
                        vec_set(scale));
            if (normalised) store_some(normalised + r * n + i, n - i, z);
            store_some(y + r * n + i, n - i,
                       vec_fma(z, load_some(gamma + i, n - i),
                               load_some(beta + i, n - i)));
        }
    }
}

static void kernel_layer_norm_gradient(size_t rows, size_t n,
                                       const float *gamma,
                                       const float *normalised,
                                       const float *inverse, float *gradient,
                                       float *gamma_gradient,
                                       float *beta_gradient)
{
    for (size_t r = 0; r < rows; r++) {
        /* dz = gamma dy;
         * dx = (dz - mean(dz) - z mean(z dz)) / sqrt(variance + epsilon);
         * dgamma += z dy, dbeta += dy */
        const float *const z = normalised + r * n;
        float *const g = gradient + r * n;
        vec sum = vec_set(0), along = vec_set(0);
        for (size_t i = 0; i < n; i += VEC_WIDTH) {
            size_t const left = n - i;
            vec const zi = load_some(z + i, left), dy = load_some(g + i, left);
            vec const dz = vec_mul(dy, load_some(gamma + i, left));
            sum = vec_add(sum, dz);
            along = vec_fma(zi, dz, along);
            store_some(gamma_gradient + i, left,
                       vec_fma(zi, dy, load_some(gamma_gradient + i, left)));
            store_some(beta_gradient + i, left,
                       vec_add(load_some(beta_gradient + i, left), dy));
            store_some(g + i, left, dz);
        }
        vec const mean = vec_set(vec_sum(sum) / (float)n);
        vec const slope = vec_set(vec_sum(along) / (float)n);
        for (size_t i = 0; i < n; i += VEC_WIDTH) {
            vec const rest = vec_fma(load_some(z + i, n - i), slope, mean);
            store_some(g + i, n - i,
                       vec_mul(vec_sub(load_some(g + i, n - i), rest),
                               vec_set(inverse[r])));
        }
    }
}

/* ---- activation functions ---- */

/*
 * erf within 4e-7: x P(x^2) / Q(x^2) up to 3.925, where it is 1 - 3e-8, and 1
 * beyond. P and Q are the minimax fit of relative error 1.9e-8 there.
 */
static inline vec vec_erf(vec x)
{
    vec const limit = vec_set(3.925f), zero = vec_set(0), one = vec_set(1);
    vec const inside = vec_bound(vec_sub(zero, limit), limit, x);
    vec const x2 = vec_mul(inside, inside);
    vec p = vec_set(2.0459571e-06f);
    p = vec_fma(p, x2, VEC_ADDEND(2.84814274e-04f));
    p = vec_fma(p, x2, VEC_ADDEND(3.77187182e-03f));
    p = vec_fma(p, x2, VEC_ADDEND(5.27672036e-02f));
    p = vec_fma(p, x2, VEC_ADDEND(1.90579928e-01f));
    p = vec_fma(p, x2, VEC_ADDEND(1.12837915f));
    vec q = vec_set(3.80455033e-05f);
    q = vec_fma(q, x2, VEC_ADDEND(1.16366626e-03f));
    q = vec_fma(q, x2, VEC_ADDEND(1.49818665e-02f));
    q = vec_fma(q, x2, VEC_ADDEND(1.14176763e-01f));
    q = vec_fma(q, x2, VEC_ADDEND(5.02229799e-01f));
    q = vec_fma(q, x2, VEC_ADDEND(1));
    /* 0 inside, much beyond: there the bounds below make it 1 or -1 */
    vec const beyond = vec_mul(vec_sub(x, inside), vec_set(1e6f));
    vec const y = vec_add(vec_div(vec_mul(inside, p), q), beyond);
    return vec_bound(vec_sub(zero, one), one, y);
}

/* Phi(x) = (1 + erf(x / sqrt 2)) / 2 */
static inline vec vec_normal_cdf(vec x)
{
    vec const half = vec_set(0.5f);
    return vec_fma(half, vec_erf(vec_mul(x, vec_set(0.707106781f))), half);
}

/* tanh(sqrt(2 / pi) (x + 0.044715 x^3)), Hendrycks and Gimpel 2016 */
static inline vec vec_gelu_tanh(vec x)
{
    vec const x2 = vec_mul(x, x);
    vec const inner = vec_fma(vec_mul(x2, vec_set(0.044715f)), x, x);
    return vec_tanh(vec_mul(inner, vec_set(0.797884561f)));
}

static inline vec vec_activate(int32_t kind, vec x)
{
    vec const half = vec_set(0.5f);
    switch (kind) {
    case SIAMESE_ACTIVATION_RELU:
        return vec_max(vec_set(0), x);
    case SIAMESE_ACTIVATION_TANH:
        return vec_tanh(x);
    case SIAMESE_ACTIVATION_GELU:
        return vec_mul(x, vec_normal_cdf(x));
    case SIAMESE_ACTIVATION_GELU_TANH:
        return vec_mul(x, vec_fma(half, vec_gelu_tanh(x), half));
    default:
        return x;
    }
}

/* dy/dx */
static inline vec vec_activate_slope(int32_t kind, vec x)
{
    vec const half = vec_set(0.5f), one = vec_set(1);
    vec const x2 = vec_mul(x, x);
    switch (kind) {
    case SIAMESE_ACTIVATION_RELU:
        return vec_where_greater(x, vec_set(0), one);
    case SIAMESE_ACTIVATION_TANH: {
        vec const t = vec_tanh(x);
        return vec_sub(one, vec_mul(t, t));
    }
    case SIAMESE_ACTIVATION_GELU: {
        /* Phi(x) + x phi(x), phi(x) = exp(-x^2 / 2) / sqrt(2 pi) */
        vec const phi = vec_mul(vec_exp(vec_mul(x2, vec_set(-0.5f))),
                                vec_set(0.398942280f));
        return vec_fma(x, phi, vec_normal_cdf(x));
    }
    case SIAMESE_ACTIVATION_GELU_TANH: {
        /* (1 + t) / 2 + x (1 - t^2) inner' / 2 */
        vec const t = vec_gelu_tanh(x);
        vec const inner = vec_fma(x2, vec_set(0.797884561f * 0.134145f),
                                  vec_set(0.797884561f));
        vec const rest = vec_mul(vec_sub(one, vec_mul(t, t)), inner);
        return vec_mul(half, vec_add(vec_add(one, t), vec_mul(x, rest)));
    }
    default:
        return one;
    }
}

/* Each kind is a loop of its own, without a choice inside. */
#define FOR_KINDS(BODY)                                                        \
    switch (kind) {                                                            \
    case SIAMESE_ACTIVATION_RELU:                                              \
        BODY(SIAMESE_ACTIVATION_RELU);                                         \
        break;                                                                 \
    case SIAMESE_ACTIVATION_TANH:                                              \
        BODY(SIAMESE_ACTIVATION_TANH);                                         \
        break;                                                                 \
    case SIAMESE_ACTIVATION_GELU:                                              \
        BODY(SIAMESE_ACTIVATION_GELU);                                         \
        break;                                                                 \
    case SIAMESE_ACTIVATION_GELU_TANH:                                         \
        BODY(SIAMESE_ACTIVATION_GELU_TANH);                                    \
        break;                                                                 \
    default:                                                                   \
        BODY(SIAMESE_ACTIVATION_NONE);                                         \
        break;                                                                 \
    }

static void kernel_activate(int32_t kind, size_t n, const float *x, float *y)
{
#define ACTIVATE(KIND)                                                         \
    for (size_t i = 0; i < n; i += VEC_WIDTH)                                  \
    store_some(y + i, n - i, vec_activate((KIND), load_some(x + i, n - i)))
    FOR_KINDS(ACTIVATE)
#undef ACTIVATE
}

static void kernel_activate_gradient(int32_t kind, size_t n, const float *x,
                                     float *gradient)
{
#define ACTIVATE_GRADIENT(KIND)                                                \
    for (size_t i = 0; i < n; i += VEC_WIDTH)                                  \
    store_some(gradient + i, n - i,                                            \
               vec_mul(load_some(gradient + i, n - i),                         \
                       vec_activate_slope((KIND), load_some(x + i, n - i))))
    FOR_KINDS(ACTIVATE_GRADIENT)
#undef ACTIVATE_GRADIENT
}
#undef FOR_KINDS
