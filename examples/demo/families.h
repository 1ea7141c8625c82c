/*
 * The invented product families of the demo catalogue, and how their tables
 * are written.
 *
 * A list is one string, its entries separated by '|'. An attribute's entry is
 * a value as titles print it, then, after '=', the ways shoppers ask for it,
 * separated by ';', the most usual first:
 *
 *     "Charcoal Gray=gray;grey;charcoal|Beige"
 *
 * Without '=' shoppers type the value in lower case, without full stops, and
 * with spaces for hyphens. Two values may share a way of asking: "gray" asks
 * for Charcoal Gray as well as for Light Gray.
 */
#ifndef FAMILIES_H
#define FAMILIES_H

#include <stddef.h>

enum { MAX_ATTRIBUTES = 6 };

typedef struct {
    const char *name;   /* placeholder in the title */
    const char *values; /* list of value[=asked;asked...] */
} attribute;

typedef struct {
    const char *name;   /* key, for error messages and statistics */
    const char *group;  /* families of one group are related */
    int products;       /* how many the catalogue gets */
    const char *brands; /* list */
    const char *nouns;  /* list: what titles call it */
    const char *asked;  /* list: what shoppers call it */
    const char *never;  /* list of a+b: no title holds both a and b */
    /* Title with {brand} {series} {model} {noun} and {attribute}; a part in
     * brackets is left out of some products. */
    const char *title;
    attribute attributes[MAX_ATTRIBUTES];
} family;

typedef struct {
    const char *name;
    const family *families;
    size_t count;
} department;

/* One table a file; the catalogue draws them in this order. */
extern const department furniture_department;
extern const department lighting_department;
extern const department bath_department;
extern const department kitchen_department;
extern const department garden_department;
extern const department tools_department;
extern const department building_department;
extern const department home_department;

/* ---- values that many families share ---- */

#define FABRIC_COLORS                                                        \
    "Charcoal Gray=gray;grey;charcoal|Light Gray=gray;light gray;grey|"      \
    "Navy Blue=navy;navy blue;blue|Sky Blue=blue;light blue|"                \
    "Emerald Green=green;emerald|Sage Green=sage;green|Beige|"               \
    "Crème=cream;off white|Mustard Yellow=yellow;mustard|"                   \
    "Black|White|Rust Red=red;rust|Chocolate Brown=brown;chocolate|Teal"

#define WOOD_FINISHES                                                        \
    "Walnut|Natural Oak=oak;natural oak|Espresso=espresso;dark brown|"       \
    "Cherry|White|Black|Rustic Brown=rustic;brown|Gray Wash=gray;grey"

#define METAL_FINISHES                                                       \
    "Brushed Nickel|Chrome|Oil-Rubbed Bronze=bronze;oil rubbed bronze|"      \
    "Matte Black=black;matte black|Polished Brass=brass;gold"

#define PAINT_COLORS                                                         \
    "Bright White=white|Crème Brûlée=cream;beige|Fjord Blue=blue|"           \
    "Midnight Navy=navy;navy blue|Moss Green=green|Pearl Gray=gray;grey|"    \
    "Poppy Red=red|Deep Black=black|Sunflower=yellow|Terracotta|"            \
    "Café au Lait=tan;light brown"

#define BED_SIZES                                                            \
    "Twin=twin;twin size|Full=full;full size|Queen=queen;queen size|"        \
    "King=king;king size"

#define SMALL_PACKS "2-Pack|3-Pack|4-Pack|6-Pack"

#endif
