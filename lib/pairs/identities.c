/* identities.c: ids and rows of items in, numbers of identities out. For the
 * pair store. */
#include "pairs/identities.h"

#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"

void sm_identities_free(sm_identities *identities)
{
    sm_free(identities->narrow);
    sm_free(identities->wide);
    sm_free(identities->given);
    sm_free(identities->first);
    sm_row_slots_free(&identities->slots);
    *identities = (sm_identities){.count = 0};
}

/* Whether numbers are rows, and nothing is kept. */
static bool is_plain(const sm_identities *identities)
{
    return identities->given == NULL;
}

sm_identity sm_identities_get(const sm_identities *identities, uint32_t number)
{
    if (is_plain(identities)) return (sm_identity){number, false};
    return (sm_identity){identities->wide ? identities->wide[number]
                                          : (int64_t)identities->narrow[number],
                         (identities->given[number / 8] >> number % 8 & 1) !=
                             0};
}

/* ---- finding ---- */

static uint64_t hash_of(sm_identity identity)
{
    return sm_secret_mix(sm_secret(),
                         sm_secret_number((uint64_t)identity.value) +
                             (uint64_t)identity.given);
}

static uint64_t hash_of_number(const void *context, size_t number)
{
    return hash_of(sm_identities_get(context, (uint32_t)number));
}

uint32_t sm_identities_find(const sm_identities *identities,
                            sm_identity identity)
{
    if (is_plain(identities))
        return !identity.given && (uint64_t)identity.value < identities->count
                   ? (uint32_t)identity.value
                   : SM_ROW_NONE;
    sm_row_probe probe =
        sm_row_probe_begin(&identities->slots, hash_of(identity));
    for (;;) {
        uint32_t const number = sm_row_probe_next(&identities->slots, &probe);
        if (number == SM_ROW_NONE) return number;
        sm_identity const found = sm_identities_get(identities, number);
        if (found.value == identity.value && found.given == identity.given)
            return number;
    }
}

/* ---- adding ---- */

/* All values are wide from now on. */
static sm_status widen(sm_identities *identities)
{
    size_t capacity = 0;
    int64_t *const wide =
        sm_grow_by_part(NULL, &capacity, identities->count + 1, sizeof *wide);
    if (wide == NULL) return sm_fail_memory();
    for (size_t i = 0; i < identities->count; i++)
        wide[i] = identities->narrow[i];
    sm_free(identities->narrow);
    identities->narrow = NULL;
    identities->narrow_capacity = 0;
    identities->wide = wide;
    identities->wide_capacity = capacity;
    return SIAMESE_OK;
}

static sm_status reserve_value(sm_identities *identities, int64_t value)
{
    size_t const wanted = identities->count + 1;
    if (!identities->wide && (value < 0 || value > (int64_t)UINT32_MAX))
        SM_RETURN_IF_ERROR(widen(identities));
    if (identities->wide) {
        int64_t *const wide = sm_grow_by_part(
            identities->wide, &identities->wide_capacity, wanted, sizeof *wide);
        if (wide == NULL) return sm_fail_memory();
        identities->wide = wide;
    } else {
        uint32_t *const narrow =
            sm_grow_by_part(identities->narrow, &identities->narrow_capacity,
                            wanted, sizeof *narrow);
        if (narrow == NULL) return sm_fail_memory();
        identities->narrow = narrow;
    }
    uint8_t *const given =
        sm_grow_by_part(identities->given, &identities->given_capacity,
                        sm_chunks(wanted, 8), sizeof *given);
    if (given == NULL) return sm_fail_memory();
    identities->given = given;
    return sm_row_slots_reserve(&identities->slots, identities->count,
                                hash_of_number, identities);
}

/* There is room for it. */
static void append(sm_identities *identities, sm_identity identity)
{
    size_t const number = identities->count;
    uint8_t *const byte = &identities->given[number / 8];
    uint8_t const bit = (uint8_t)(1U << number % 8);
    if (identities->wide)
        identities->wide[number] = identity.value;
    else
        identities->narrow[number] = (uint32_t)identity.value;
    /* of the bits behind it nothing is known */
    *byte = (uint8_t)((*byte & (bit - 1)) | (identity.given ? bit : 0));
    sm_row_slots_insert(&identities->slots, hash_of(identity),
                        (uint32_t)number);
    identities->count++;
}

static sm_status add_new(sm_identities *identities, sm_identity identity)
{
    SM_REQUIRE(identities->count < UINT32_MAX - 1, SIAMESE_E_LIMIT,
               "more than %u distinct items", UINT32_MAX - 1);
    SM_RETURN_IF_ERROR(reserve_value(identities, identity.value));
    append(identities, identity);
    return SIAMESE_OK;
}

/* The first id has come: what was plain is written down. */
static sm_status begin_to_keep(sm_identities *identities)
{
    sm_identities made = {.count = 0};
    for (size_t row = 0; row < identities->count; row++) {
        sm_status const status =
            add_new(&made, (sm_identity){(int64_t)row, false});
        if (status == SIAMESE_OK) continue;
        sm_identities_free(&made);
        return status;
    }
    sm_identities_free(identities); /* what an add that failed has left */
    *identities = made;
    return SIAMESE_OK;
}

/* Keeps the number of a new row, once numbers are not the rows. */
static sm_status note_first(sm_identities *identities, uint32_t row,
                            uint32_t number)
{
    bool const was_plain = identities->first == NULL;
    if (was_plain && number == row) return SIAMESE_OK;
    uint32_t *const first =
        sm_grow_by_part(identities->first, &identities->first_capacity,
                        (size_t)row + 1, sizeof *first);
    if (first == NULL) return sm_fail_memory();
    for (uint32_t r = 0; was_plain && r < row; r++) first[r] = r;
    first[row] = number;
    identities->first = first;
    return SIAMESE_OK;
}

sm_status sm_identities_add(sm_identities *identities, uint32_t row,
                            bool is_new_row, const int64_t *id,
                            uint32_t *number)
{
    sm_identity const identity = {id ? *id : (int64_t)row, id != NULL};
    size_t const before = identities->count;
    if (id && is_plain(identities))
        SM_RETURN_IF_ERROR(begin_to_keep(identities));
    uint32_t found = sm_identities_find(identities, identity);
    if (found == SM_ROW_NONE) {
        found = (uint32_t)before;
        if (id == NULL && is_plain(identities))
            identities->count++;
        else
            SM_RETURN_IF_ERROR(add_new(identities, identity));
    }
    sm_status const status =
        is_new_row ? note_first(identities, row, found) : SIAMESE_OK;
    if (status != SIAMESE_OK) sm_identities_cut(identities, before);
    *number = found;
    return status;
}

void sm_identities_cut(sm_identities *identities, size_t count)
{
    while (!is_plain(identities) && identities->count > count) {
        uint32_t const number = (uint32_t)--identities->count;
        sm_row_slots_remove_last(&identities->slots,
                                 hash_of(sm_identities_get(identities, number)),
                                 number);
    }
    identities->count = count;
}

uint64_t sm_identities_hash(const sm_identities *identities, uint32_t number)
{
    sm_identity const identity = sm_identities_get(identities, number);
    int64_t const words[] = {identity.value, identity.given};
    uint64_t const size = sizeof words;
    return sm_hash_mix(sm_hash_bytes(
        sm_hash_bytes(SM_HASH_START, words, sizeof words), &size, sizeof size));
}
