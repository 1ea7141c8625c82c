/* loss.c: vectors of queries and items in, the loss and its gradients out, tile
 * by tile. For train_step. */
#include "train/loss.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "common/team.h"
#include "math/gemm.h"

/* Rows of one task; fixed, so that the bits do not depend on the threads. */
enum { BLOCK = 64 };

/* Numbers of a cache line. */
enum { LINE = 16 };

/* One direction: rows look for the column of their own number. */
typedef struct loss_pass {
    sm_loss *loss;
    sm_loss_rows rows;
    const sm_kernels *kernels;
    const sm_loss_batch *batch;
    size_t columns;
    const float *from;                    /* [B][D] */
    const float *to;                      /* [columns][D] */
    float *from_gradients, *to_gradients; /* or NULL */
    /* of this rank, where others have other rows of dS: its rows and columns
     * first .. end - 1 */
    size_t first_row, end_row, first_column, end_column;
} loss_pass;

/* Numbers from one row of logits to the next: whole lines, and never a power of
 * two, by which the rows' lines would push each other out of the cache. */
static size_t stride_of(size_t columns)
{
    return sm_chunks(columns, LINE) * LINE + LINE;
}

/* ---- memory ---- */

void sm_loss_free(sm_loss *loss)
{
    sm_aligned_free(loss->logits);
    sm_aligned_free(loss->panel);
    sm_aligned_free(loss->packed);
    sm_free(loss->corrections);
    sm_free(loss->scratch);
    sm_free(loss->row_losses);
    sm_free(loss->found);
    sm_aligned_free(loss->back);
    *loss = (sm_loss){0};
}

static sm_loss_size larger(const sm_loss_size *a, const sm_loss_size *b)
{
    return (sm_loss_size){
        sm_max(a->count, b->count),  sm_max(a->columns, b->columns),
        sm_max(a->dim, b->dim),      sm_max(a->workers, b->workers),
        a->symmetric | b->symmetric, a->products};
}

static bool is_within(const sm_loss_size *a, const sm_loss_size *b)
{
    return a->count <= b->count && a->columns <= b->columns &&
           a->dim <= b->dim && a->workers <= b->workers &&
           a->symmetric <= b->symmetric && a->products == b->products;
}

/* Of one task's rows, which are as deep as D, N or B is. */
static bool room_numbers(const sm_loss_size *size, size_t *numbers)
{
    size_t const depth = sm_max(size->dim, size->columns); /* N >= B */
    return size->products->left_numbers(BLOCK, depth, numbers);
}

/* Of a right side: C^T, or C and Q, which are no larger. */
static bool side_numbers(const sm_loss_size *size, size_t *numbers)
{
    size_t across, along;
    if (!size->products->right_numbers(size->columns, size->dim, &across) ||
        !size->products->right_numbers(size->dim, size->columns, &along))
        return false;
    *numbers = sm_max(across, along);
    return true;
}

sm_status sm_loss_reserve(sm_loss *loss, const sm_loss_size *wanted)
{
    if (is_within(wanted, &loss->size)) return SIAMESE_OK;
    sm_loss grown = {.size = larger(wanted, &loss->size)};
    const sm_loss_size *const size = &grown.size;
    size_t stride, logits, side, panel, packed, scratch, back;
    if (!sm_size_add(size->columns, 2 * LINE, &stride) ||
        !sm_size_multiply(size->count, stride, &logits) ||
        !side_numbers(size, &side) || !sm_size_multiply(3, side, &panel) ||
        !room_numbers(size, &packed) ||
        !sm_size_multiply(packed, size->workers, &packed) ||
        !sm_size_multiply(size->columns, size->workers, &scratch) ||
        !sm_size_multiply(2 * size->count, size->dim, &back))
        return sm_fail_memory();
    grown.logits = sm_aligned_array(logits, sizeof *grown.logits);
    grown.panel = sm_aligned_array(panel, sizeof *grown.panel);
    grown.packed = sm_aligned_array(packed, sizeof *grown.packed);
    grown.corrections =
        sm_alloc_array(size->columns, sizeof *grown.corrections);
    grown.scratch = sm_alloc_array(scratch, sizeof *grown.scratch);
    grown.row_losses = sm_alloc_array(size->count, sizeof *grown.row_losses);
    grown.found = sm_alloc_array(size->count, sizeof *grown.found);
    if (size->symmetric)
        grown.back = sm_aligned_array(back, sizeof *grown.back);
    if (!grown.logits || !grown.panel || !grown.packed || !grown.corrections ||
        !grown.scratch || !grown.row_losses || !grown.found ||
        (size->symmetric && !grown.back)) {
        sm_loss_free(&grown);
        return sm_fail_memory();
    }
    sm_loss_free(loss);
    *loss = grown;
    return SIAMESE_OK;
}

/* ---- one direction ---- */

/* Where each right side stands in the panel. */
static float *right_side(const loss_pass *p, size_t number)
{
    size_t numbers = 0;
    side_numbers(&p->loss->size, &numbers);
    return p->loss->panel + number * numbers;
}

static float *to_transposed(const loss_pass *p)
{
    return right_side(p, 0);
}

static float *to_strips(const loss_pass *p)
{
    return right_side(p, 1);
}

static float *from_strips(const loss_pass *p)
{
    return right_side(p, 2);
}

/* A worker's memory for the rows of a product. */
static float *room_of(const loss_pass *p, size_t worker)
{
    size_t numbers = 0;
    room_numbers(&p->loss->size, &numbers);
    return p->loss->packed + worker * numbers;
}

/* One strip: first those of C^T, then, for the gradients, of C and of Q. */
static sm_status pack_task(void *context, size_t task, size_t worker)
{
    const loss_pass *const p = context;
    size_t const dim = p->batch->dim;
    size_t const across = sm_chunks(p->columns, SM_STRIP);
    size_t const along = sm_chunks(dim, SM_STRIP);
    (void)worker;
    const sm_products *const by = p->loss->size.products;
    if (task < across)
        by->pack(p->kernels, task, 1, p->columns, dim, p->to, dim,
                 to_transposed(p));
    else if (task < across + along)
        by->pack(p->kernels, task - across, 0, dim, p->columns, p->to, dim,
                 to_strips(p));
    else
        by->pack(p->kernels, task - across - along, 0, dim, p->batch->count,
                 p->from, dim, from_strips(p));
    return SIAMESE_OK;
}

/* Rows: S = Q C^T, their losses, dS, and dQ = dS C. */
static sm_status row_task(void *context, size_t task, size_t worker)
{
    const loss_pass *const p = context;
    const sm_products *const by = p->loss->size.products;
    const sm_loss_batch *const b = p->batch;
    size_t const columns = p->columns, stride = stride_of(columns);
    size_t const first = task * BLOCK;
    size_t const rows = sm_min(BLOCK, b->count - first);
    float *const block = p->loss->logits + first * stride;
    by->multiply(p->kernels, rows, columns, b->dim, p->from + first * b->dim,
                 b->dim, 1, to_transposed(p), block, stride,
                 room_of(p, worker));
    for (size_t r = 0; r < rows; r++)
        p->loss->row_losses[first + r] = sm_loss_row_compute(
            &p->rows, first + r, block + r * stride,
            p->loss->scratch + worker * p->loss->size.columns,
            &p->loss->found[first + r]);
    if (p->from_gradients)
        by->multiply(p->kernels, rows, b->dim, columns, block, stride, 1,
                     to_strips(p), p->from_gradients + first * b->dim, b->dim,
                     room_of(p, worker));
    return SIAMESE_OK;
}

/* dS of this rank's columns where other ranks had the rows: S anew, and from it
 * what they found. */
static sm_status again_task(void *context, size_t task, size_t worker)
{
    const loss_pass *const p = context;
    const sm_products *const by = p->loss->size.products;
    const sm_loss_batch *const b = p->batch;
    size_t const stride = stride_of(p->columns);
    size_t const first = task * BLOCK, column = p->first_column;
    size_t const rows = sm_min(BLOCK, b->count - first);
    size_t const columns = p->end_column - column;
    float *const block = p->loss->logits + first * stride + column;
    if (columns == 0 || (first >= p->first_row && first < p->end_row))
        return SIAMESE_OK;
    by->multiply(p->kernels, rows, columns, b->dim, p->from + first * b->dim,
                 b->dim, 1, by->strips_from(to_transposed(p), column, b->dim),
                 block, stride, room_of(p, worker));
    for (size_t r = 0; r < rows; r++)
        sm_loss_row_again(&p->rows, first + r, column, columns,
                          &p->loss->found[first + r], block + r * stride);
    return SIAMESE_OK;
}

/* Columns: dC = dS^T Q. */
static sm_status column_task(void *context, size_t task, size_t worker)
{
    const loss_pass *const p = context;
    const sm_products *const by = p->loss->size.products;
    const sm_loss_batch *const b = p->batch;
    size_t const first = task * BLOCK;
    size_t const columns = sm_min(BLOCK, p->columns - first);
    by->multiply(p->kernels, columns, b->dim, b->count, p->loss->logits + first,
                 1, stride_of(p->columns), from_strips(p),
                 p->to_gradients + first * b->dim, b->dim, room_of(p, worker));
    return SIAMESE_OK;
}

static size_t first_row(const void *context, size_t block)
{
    const loss_pass *const p = context;
    return sm_min(block * BLOCK, p->batch->count);
}

static size_t first_column(const void *context, size_t block)
{
    const loss_pass *const p = context;
    return sm_min(block * BLOCK, p->columns);
}

/* Numbers of a vector by which one more rank's rows of dS are gathered in less
 * time than they are computed: gathering grows with the ranks, computing with
 * the numbers. */
enum { DIM_PER_RANK = 128 };

static bool gathers_gradients(const loss_pass *p, sm_pool *pool)
{
    return (sm_team_size(pool) - 1) * DIM_PER_RANK <= p->batch->dim;
}

static sm_status run_rows(loss_pass *p, sm_pool *pool)
{
    size_t const vector = p->batch->dim * sizeof(float);
    sm_output const losses = {p->loss->row_losses, sizeof *p->loss->row_losses,
                              first_row};
    sm_output const queries = {p->from_gradients, vector, first_row};
    sm_output const last =
        gathers_gradients(p, pool)
            ? (sm_output){p->loss->logits,
                          stride_of(p->columns) * sizeof(float), first_row}
            : (sm_output){p->loss->found, sizeof *p->loss->found, first_row};
    sm_output const outputs[] = {losses, queries, last};
    return sm_team_run(
        pool, &(sm_team_loop){.blocks = sm_chunks(p->batch->count, BLOCK),
                              .tasks = 1,
                              .task = row_task,
                              .context = p,
                              .outputs = outputs,
                              .output_count = p->from_gradients ? 3 : 1});
}

static sm_status run_columns(loss_pass *p, sm_pool *pool)
{
    size_t const rows = sm_chunks(p->batch->count, BLOCK);
    size_t const columns = sm_chunks(p->columns, BLOCK);
    sm_output const output = {p->to_gradients, p->batch->dim * sizeof(float),
                              first_column};
    if (!gathers_gradients(p, pool)) {
        size_t first, end;
        sm_team_part(pool, rows, &first, &end);
        p->first_row = first_row(p, first);
        p->end_row = first_row(p, end);
        sm_team_part(pool, columns, &first, &end);
        p->first_column = first_column(p, first);
        p->end_column = first_column(p, end);
        SM_RETURN_IF_ERROR(sm_pool_run(pool, rows, again_task, p));
    }
    return sm_team_run(pool, &(sm_team_loop){.blocks = columns,
                                             .tasks = 1,
                                             .task = column_task,
                                             .context = p,
                                             .outputs = &output,
                                             .output_count = 1});
}

static sm_status run_pass(loss_pass *p, sm_pool *pool, double *sum)
{
    size_t const across = sm_chunks(p->columns, SM_STRIP);
    size_t const along = sm_chunks(p->batch->dim, SM_STRIP);
    bool const gradients = p->to_gradients != NULL;
    SM_RETURN_IF_ERROR(
        sm_pool_run(pool, across + (gradients ? 2 * along : 0), pack_task, p));
    SM_RETURN_IF_ERROR(run_rows(p, pool));
    *sum = 0;
    for (size_t i = 0; i < p->batch->count; i++) *sum += p->loss->row_losses[i];
    return gradients ? run_columns(p, pool) : SIAMESE_OK;
}

/* ---- the loss ---- */

/*
 * From items to queries: the same with the sides exchanged. Items beyond the
 * pairs have no query, and ln p_j, the same for a whole row, would cancel.
 */
static sm_status add_way_back(const loss_pass *there, sm_pool *pool,
                              double *sum)
{
    const sm_loss_batch *const b = there->batch;
    size_t const numbers = b->count * b->dim;
    float *const item_part = there->loss->back;
    float *const query_part = there->loss->back + numbers;
    bool const wanted = there->from_gradients != NULL;
    loss_pass back = *there;
    double back_sum;
    back.columns = back.rows.columns = b->count;
    back.from = b->items;
    back.to = b->queries;
    back.rows.corrections = NULL;
    back.from_gradients = wanted ? item_part : NULL;
    back.to_gradients = wanted ? query_part : NULL;
    SM_RETURN_IF_ERROR(run_pass(&back, pool, &back_sum));
    *sum = 0.5 * (*sum + back_sum);
    if (!wanted) return SIAMESE_OK;
    there->kernels->add(numbers, query_part, there->from_gradients);
    there->kernels->add(numbers, item_part, there->to_gradients);
    return SIAMESE_OK;
}

sm_status sm_loss_compute(sm_loss *loss, sm_pool *pool,
                          const sm_kernels *kernels,
                          const sm_loss_options *options,
                          const sm_loss_batch *batch, double *sum,
                          float *query_gradients, float *item_gradients)
{
    float const share = options->reduction == SIAMESE_REDUCTION_MEAN
                            ? 1.0f / (float)batch->count
                            : 1.0f;
    loss_pass pass = {
        .loss = loss,
        .rows = {.kernels = kernels,
                 .options = options,
                 .batch = batch,
                 .columns = batch->columns,
                 .corrections = batch->probabilities ? loss->corrections : NULL,
                 .share = options->symmetric ? 0.5f * share : share},
        .kernels = kernels,
        .batch = batch,
        .columns = batch->columns,
        .from = batch->queries,
        .to = batch->items,
        .from_gradients = query_gradients,
        .to_gradients = item_gradients};
    /* -ln(clip(p, 1e-6, 1)) */
    for (size_t j = 0; batch->probabilities && j < batch->columns; j++)
        loss->corrections[j] =
            -logf(fminf(fmaxf(batch->probabilities[j], 1e-6f), 1.0f));
    SM_RETURN_IF_ERROR(run_pass(&pass, pool, sum));
    return options->symmetric ? add_way_back(&pass, pool, sum) : SIAMESE_OK;
}
