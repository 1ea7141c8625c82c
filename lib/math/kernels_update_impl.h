/* kernels_update_impl.h: what optimisers do to numbers, included by
 * kernels_impl.h. No include guard on purpose. */

static void kernel_adam(size_t n, float *value, const float *gradient, float *m,
                        float *v, float alpha, float rest1, float rest2,
                        float epsilon)
{
    vec const step = vec_set(alpha), eps = vec_set(epsilon);
    vec const share1 = vec_set(rest1), share2 = vec_set(rest2);
    for (size_t i = 0; i < n; i += VEC_WIDTH) {
        size_t const left = n - i;
        vec const g = load_some(gradient + i, left);
        vec const m0 = load_some(m + i, left), v0 = load_some(v + i, left);
        vec const m1 = vec_fma(vec_sub(g, m0), share1, m0);
        vec const v1 = vec_fma(vec_sub(vec_mul(g, g), v0), share2, v0);
        vec const change =
            vec_div(vec_mul(step, m1), vec_add(vec_sqrt(v1), eps));
        store_some(m + i, left, m1);
        store_some(v + i, left, v1);
        store_some(value + i, left,
                   vec_sub(load_some(value + i, left), change));
    }
}

static void kernel_adagrad(size_t n, float *value, const float *gradient,
                           float *sum, float rate, float epsilon)
{
    vec const step = vec_set(rate), eps = vec_set(epsilon);
    for (size_t i = 0; i < n; i += VEC_WIDTH) {
        size_t const left = n - i;
        vec const g = load_some(gradient + i, left);
        vec const s = vec_fma(g, g, load_some(sum + i, left));
        vec const change = vec_over_root(vec_mul(step, g), vec_add(s, eps));
        store_some(sum + i, left, s);
        store_some(value + i, left,
                   vec_sub(load_some(value + i, left), change));
    }
}

static void kernel_momentum(size_t n, float *value, const float *gradient,
                            float *velocity, float rate, float momentum)
{
    vec const step = vec_set(rate), keep = vec_set(momentum);
    for (size_t i = 0; i < n; i += VEC_WIDTH) {
        size_t const left = n - i;
        vec const v = vec_sub(vec_mul(keep, load_some(velocity + i, left)),
                              vec_mul(step, load_some(gradient + i, left)));
        store_some(velocity + i, left, v);
        store_some(value + i, left, vec_add(load_some(value + i, left), v));
    }
}

static void kernel_descend(size_t n, float *value, const float *gradient,
                           float rate)
{
    vec const step = vec_set(rate);
    for (size_t i = 0; i < n; i += VEC_WIDTH) {
        size_t const left = n - i;
        vec const change = vec_mul(step, load_some(gradient + i, left));
        store_some(value + i, left,
                   vec_sub(load_some(value + i, left), change));
    }
}

static void kernel_clip(size_t n, const float *x, float limit, float scale,
                        float *y)
{
    vec const highest = vec_set(limit), lowest = vec_set(-limit);
    vec const factor = vec_set(scale);
    for (size_t i = 0; i < n; i += VEC_WIDTH) {
        size_t const left = n - i;
        vec const within = vec_bound(lowest, highest, load_some(x + i, left));
        store_some(y + i, left, vec_mul(factor, within));
    }
}
