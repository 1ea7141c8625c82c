#include "catalogue_products.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue_random.h"

/* Collections carry the same name from the sofa to the towel bar. */
static const char series_names[] =
    "Marlowe|Alder|Harbor|Linden|Solveig|Brynja|Camille|Théo|Ansel|Brook|"
    "Cassidy|Delphine|Elowen|Fairfax|Garrick|Hollis|Isolde|Juniper|Keaton|"
    "Lorne|Maren|Nash|Odette|Piper|Quincy|Rowan|Sable|Tilda|Ursa|Vaughn|"
    "Wren|Yarrow|Zola|Bergamot|Calluna|Dorset|Estelle|Fjord|Gable|Hélène";

static const department *const departments[] = {
    &furniture_department, &lighting_department, &bath_department,
    &kitchen_department,   &garden_department,   &tools_department,
    &building_department,  &home_department,
};
static const size_t department_count =
    sizeof departments / sizeof departments[0];

/* Tries before a family's table counts as too small. */
enum { MAX_TRIES = 1000 };

static int attribute_index(const family *f, slice name)
{
    for (int a = 0; a < MAX_ATTRIBUTES && f->attributes[a].name; a++)
        if (strlen(f->attributes[a].name) == name.size &&
            memcmp(f->attributes[a].name, name.data, name.size) == 0)
            return a;
    return -1;
}

static void append_slice(text *t, slice s)
{
    text_append(t, s.data, s.size);
}

static int draw_entry(random_source *r, const char *list)
{
    return random_below(r, list_count(slice_of(list), '|'));
}

/* Two letters and four digits, such as KX-4410. */
static void append_model(text *t, random_source *r)
{
    static const char letters[] = "ABCDEFGHKLMNPRSTVWX";
    char model[16];
    const char first = letters[random_below(r, (int)sizeof letters - 1)];
    const char second = letters[random_below(r, (int)sizeof letters - 1)];
    snprintf(model, sizeof model, "%c%c-%d", first, second,
             1000 + 10 * random_below(r, 900));
    text_append_string(t, model);
}

static bool fill_placeholder(product *p, slice name, random_source *r)
{
    const family *const f = p->family;
    static const char series[] = "series", model[] = "model", noun[] = "noun",
                      brand[] = "brand";
#define NAMED(word)                                                          \
    (name.size == sizeof(word) - 1 &&                                        \
     memcmp(name.data, word, sizeof(word) - 1) == 0)

    if (NAMED(brand)) {
        append_slice(&p->title, list_entry(slice_of(f->brands), '|', p->brand));
    } else if (NAMED(series)) {
        append_slice(&p->title, list_entry(slice_of(series_names), '|',
                                           draw_entry(r, series_names)));
    } else if (NAMED(model)) {
        append_model(&p->title, r);
    } else if (NAMED(noun)) {
        append_slice(&p->title, list_entry(slice_of(f->nouns), '|',
                                           draw_entry(r, f->nouns)));
    } else {
        const int a = attribute_index(f, name);
        if (a < 0) return false;
        p->value[a] = draw_entry(r, f->attributes[a].values);
        append_slice(&p->title,
                     value_title(f->attributes[a].values, p->value[a]));
    }
#undef NAMED
    return true;
}

/* How other shops print the same measure. */
static void vary_measures(text *title, random_source *r)
{
    if (random_chance(r, 25)) {
        text_replace(title, "-1/2", "½");
        text_replace(title, "1/2", "½");
    }
    if (random_chance(r, 6)) text_replace(title, " in.", "\"");
}

/* Follows the title's pattern once; false when the table is faulty. */
static bool draw_product(product *p, const family *f, random_source *r)
{
    const char *at = f->title;

    p->family = f;
    p->brand = draw_entry(r, f->brands);
    for (int a = 0; a < MAX_ATTRIBUTES; a++) p->value[a] = NO_VALUE;
    text_clear(&p->title);
    for (; *at != '\0'; at++) {
        if (*at == '[') {
            if (random_chance(r, 45)) at = strchr(at, ']');
        } else if (*at == '{') {
            const char *const end = strchr(at, '}');
            if (end == NULL ||
                !fill_placeholder(p, (slice){at + 1, (size_t)(end - at - 1)},
                                  r))
                return false;
            at = end;
        } else if (*at != ']') {
            text_append(&p->title, at, 1);
        }
        if (at == NULL) return false;
    }
    return !p->title.overflow;
}

/* Whether the title names two things that no shop sells together. */
static bool is_nonsense(const product *p)
{
    const family *const f = p->family;
    const slice pairs = slice_of(f->never != NULL ? f->never : "");
    const int count = list_count(pairs, '|');

    for (int i = 0; i < count; i++) {
        const slice pair = list_entry(pairs, '|', i);
        text first, second;
        text_clear(&first);
        text_clear(&second);
        append_slice(&first, list_entry(pair, '+', 0));
        append_slice(&second, list_entry(pair, '+', 1));
        if (strstr(p->title.data, first.data) != NULL &&
            strstr(p->title.data, second.data) != NULL)
            return true;
    }
    return text_repeats_word(p->title.data);
}

static bool draw_family(product *products, const family *f, random_source *r)
{
    int made = 0;

    for (int tries = 0; made < f->products && tries < MAX_TRIES; tries++) {
        product *const p = &products[made];
        bool seen = false;
        if (!draw_product(p, f, r)) {
            fprintf(stderr, "catalogue: bad title pattern of family '%s'\n",
                    f->name);
            return false;
        }
        if (is_nonsense(p)) continue;
        vary_measures(&p->title, r);
        for (int i = 0; i < made && !seen; i++)
            seen = strcmp(products[i].title.data, p->title.data) == 0;
        made += !seen;
    }
    if (made < f->products) {
        fprintf(stderr, "catalogue: family '%s' has fewer than %d titles\n",
                f->name, f->products);
        return false;
    }
    return true;
}

/* Shuffles, then numbers with small gaps as a grown catalogue has them. */
static void assign_uids(catalogue *c, random_source *r)
{
    int uid = 100000;

    for (int i = 0; i < c->product_count; i++) c->by_uid[i] = &c->products[i];
    for (int i = c->product_count - 1; i > 0; i--) {
        const int j = random_below(r, i + 1);
        product *const swap = c->by_uid[i];
        c->by_uid[i] = c->by_uid[j];
        c->by_uid[j] = swap;
    }
    for (int i = 0; i < c->product_count; i++)
        c->by_uid[i]->uid = uid += 1 + random_below(r, 3);
}

static bool allocate(catalogue *c)
{
    for (size_t d = 0; d < department_count; d++) {
        c->family_count += (int)departments[d]->count;
        for (size_t i = 0; i < departments[d]->count; i++)
            c->product_count += departments[d]->families[i].products;
    }
    c->families = calloc((size_t)c->family_count, sizeof *c->families);
    c->family_start =
        calloc((size_t)c->family_count + 1, sizeof *c->family_start);
    c->products = calloc((size_t)c->product_count, sizeof *c->products);
    c->by_uid = calloc((size_t)c->product_count, sizeof *c->by_uid);
    return c->families && c->family_start && c->products && c->by_uid;
}

bool catalogue_create(catalogue *c, uint64_t seed)
{
    random_source titles = random_stream(seed, 1);
    random_source order = random_stream(seed, 2);
    int n = 0;

    *c = (catalogue){0};
    if (!allocate(c)) {
        fprintf(stderr, "catalogue: out of memory\n");
        return false;
    }
    for (size_t d = 0; d < department_count; d++) {
        for (size_t i = 0; i < departments[d]->count; i++) {
            const family *const f = &departments[d]->families[i];
            c->families[n] = f;
            if (!draw_family(c->products + c->family_start[n], f, &titles))
                return false;
            c->family_start[n + 1] = c->family_start[n] + f->products;
            for (int k = c->family_start[n]; k < c->family_start[n + 1]; k++)
                c->products[k].department = departments[d];
            n++;
        }
    }
    assign_uids(c, &order);
    return true;
}

void catalogue_free(catalogue *c)
{
    free(c->families);
    free(c->family_start);
    free(c->products);
    free(c->by_uid);
    *c = (catalogue){0};
}
