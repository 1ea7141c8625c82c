#include "golden/support/golden_setup.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden/support/golden_torch.h"

/* "name.npy" is there */
int golden_has(const golden_setup *m, const char *name)
{
    char file[300];
    snprintf(file, sizeof file, "%s.npy", name);
    return golden_exists(m->folder, file);
}

golden_array golden_array_of(const golden_setup *m, const char *name)
{
    char file[300];
    snprintf(file, sizeof file, "%s.npy", name);
    return golden_read_array(m->folder, file);
}

void golden_no_answer(const golden_setup *m, const char *check)
{
    golden_failed(m->report, check, siamese_last_error());
}

void golden_read_pairs(golden_setup *m, const char *group)
{
    golden_texts lines = {NULL, 0};
    golden_texts_add_lines(&lines, group, "pairs.tsv");
    for (size_t i = 0; i < lines.count; i++) {
        const char *const line = lines.items[i].data;
        const char *const tab = memchr(line, '\t', lines.items[i].size);
        if (tab == NULL) golden_die("pairs.tsv: line %zu has no tab", i + 1);
        size_t const size = (size_t)(tab - line);
        golden_texts_add(&m->queries, line, size);
        golden_texts_add(&m->titles, tab + 1, lines.items[i].size - size - 1);
    }
    golden_texts_free(&lines);
}

/* The parameters are those that have a file w0.NAME.npy. */
void golden_read_parameters(golden_setup *m)
{
    golden_names names = golden_list(m->folder);
    m->parameters = golden_alloc(names.count, sizeof *m->parameters);
    for (size_t i = 0; i < names.count; i++) {
        const char *const file = names.items[i];
        size_t const size = strlen(file);
        golden_parameter *const p = &m->parameters[m->parameter_count];
        if (size < 8 || strncmp(file, "w0.", 3) != 0 ||
            strcmp(file + size - 4, ".npy") != 0)
            continue;
        snprintf(p->name, sizeof p->name, "%.*s", (int)(size - 7), file + 3);
        snprintf(p->own, sizeof p->own, "%s", p->name);
        if (m->config.torch)
            golden_torch_name(p->name, p->own, sizeof p->own, &p->transposed);
        p->start = golden_read_array(m->folder, file);
        m->parameter_count++;
    }
    golden_names_free(&names);
}

static float *to_floats(const golden_array *array)
{
    float *const values = golden_alloc(array->count, sizeof *values);
    for (size_t i = 0; i < array->count; i++)
        values[i] = (float)array->values[i];
    return values;
}

/* Numbers of the library's tensor: a table has a row for [UNK] of its own. */
size_t golden_own_count(const siamese_tower *tower, const golden_parameter *p)
{
    size_t needed = 0;
    siamese_tower_parameter_get(tower, p->own, NULL, 0, &needed);
    return needed > p->start.count ? needed : p->start.count;
}

/* values[count] of the file, laid out and filled up as the library has it. */
static siamese_status set_values(siamese_tower *tower,
                                 const golden_parameter *p, const float *values)
{
    size_t const count = golden_own_count(tower, p);
    float *const own = golden_alloc(count, sizeof *own);
    memset(own, 0, count * sizeof *own);
    if (p->transposed)
        golden_transpose(values, p->start.shape[0], p->start.shape[1], own);
    else
        memcpy(own, values, p->start.count * sizeof *own);
    siamese_status const status =
        siamese_tower_parameter_set(tower, p->own, own, count);
    free(own);
    return status;
}

/* A tower with the weights of the files TAG.NAME.npy. */
siamese_status golden_make_tower(const golden_setup *m, const char *tag,
                                 siamese_tower **tower)
{
    siamese_status status = siamese_tower_create(tower, &m->config.tower);
    if (status == SIAMESE_OK)
        status = siamese_tower_add_field(*tower, "text", m->vocab, NULL);
    for (size_t i = 0; status == SIAMESE_OK && i < m->parameter_count; i++) {
        char file[120];
        snprintf(file, sizeof file, "%s.%s", tag, m->parameters[i].name);
        golden_array array = golden_array_of(m, file);
        float *const values = to_floats(&array);
        status = set_values(*tower, &m->parameters[i], values);
        free(values);
        golden_array_free(&array);
    }
    return status;
}

siamese_status golden_make_trainer(golden_setup *m)
{
    siamese_pairs pairs = {.struct_size = sizeof pairs,
                           .queries = m->queries.items,
                           .items = m->titles.items,
                           .query_fields = 1,
                           .item_fields = 1,
                           .count = m->queries.count};
    int64_t *ids = NULL;
    float *probabilities = NULL;
    if (m->config.candidate_ids) {
        golden_array array = golden_array_of(m, "candidate_ids");
        ids = golden_alloc(array.count, sizeof *ids);
        for (size_t i = 0; i < array.count; i++)
            ids[i] = (int64_t)array.values[i];
        golden_array_free(&array);
    }
    if (m->config.probabilities) {
        golden_array array = golden_array_of(m, "candidate_probability");
        probabilities = to_floats(&array);
        golden_array_free(&array);
    }
    pairs.item_ids = ids;
    pairs.item_probabilities = probabilities;
    siamese_status status = siamese_trainer_create(
        &m->trainer, m->tower, m->tower, &m->config.trainer);
    if (status == SIAMESE_OK)
        status = siamese_trainer_add_pairs(m->trainer, &pairs);
    free(ids);
    free(probabilities);
    return status;
}

void golden_setup_free(golden_setup *m)
{
    for (size_t i = 0; i < m->parameter_count; i++)
        golden_array_free(&m->parameters[i].start);
    free(m->parameters);
    siamese_trainer_free(m->trainer);
    siamese_tower_free(m->tower);
    siamese_vocab_free(m->vocab);
    golden_texts_free(&m->queries);
    golden_texts_free(&m->titles);
}

/* PyTorch's pairs: ids written out as texts. */
int golden_make_texts(golden_setup *m)
{
    golden_array queries = golden_array_of(m, "query_ids");
    golden_array titles = golden_array_of(m, "title_ids");
    golden_torch_texts(&m->queries, &queries);
    golden_torch_texts(&m->titles, &titles);
    golden_array_free(&queries);
    golden_array_free(&titles);
    m->vocab = golden_torch_vocab(&m->config.vocab, m->config.vocab.max_tokens);
    if (m->vocab == NULL) golden_no_answer(m, "query_ids");
    return m->vocab != NULL;
}
