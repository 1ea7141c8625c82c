#include "catalogue_descriptions.h"

#include <string.h>

#include "catalogue_random.h"

/* Lists as in families.h: what the group's products are for, what they ask of
 * their owner. */
typedef struct {
    const char *group, *uses, *care;
} blurb;

#define ASSEMBLY "Easy assembly, all tools included|Arrives fully assembled"
#define WIPE "Wipe clean with a damp cloth|Resists stains and scratches"
#define WIRED "UL listed|Installs in minutes|Turn off the power first"
#define STEEL "Rust resistant|Hardened steel|Store in a dry place"

static const blurb blurbs[] = {
    {"bath accessories", "the bathroom|guests and family", WIPE},
    {"bedding", "a good night's sleep|the guest room", "Machine washable"},
    {"bedroom", "the bedroom|small apartments", ASSEMBLY},
    {"birds", "the back yard|garden birds", "Easy to fill and clean"},
    {"bits and blades", "clean cuts and holes|the job site", STEEL},
    {"building", "new construction|renovation", "Wear gloves and a mask"},
    {"bulbs", "lamps and fixtures|every room", "Saves energy|Lasts for years"},
    {"ceiling lighting", "the dining room|a bright kitchen", WIRED},
    {"cleaning", "daily cleaning|pets and spills", "Rinse after use"},
    {"cooling", "hot summers|bedrooms and offices", "Filter is washable"},
    {"cookware", "everyday cooking|holiday dinners", "Dishwasher safe"},
    {"cords", "the workshop and the yard|holiday lights", WIRED},
    {"decor", "the holidays|a warm welcome", "Keep away from open fire"},
    {"dining", "family meals|the breakfast nook", ASSEMBLY},
    {"door hardware", "front and back doors|a secure home", STEEL},
    {"doors", "the entry|a new hallway", "Ready to paint|Frame not included"},
    {"fasteners", "wood and metal|repairs around the house", STEEL},
    {"faucets", "a new bathroom|an easy upgrade", WIPE},
    {"fencing", "privacy in the yard|dogs and kids", "Weather resistant"},
    {"flooring", "living areas|busy hallways", "Sweep and mop"},
    {"hand garden tools", "beds and borders|weekend gardening", STEEL},
    {"hand tools", "the garage|first homes and pros", STEEL},
    {"heating", "cold mornings|the basement", "Shuts off when it tips over"},
    {"kitchen fixtures", "the heart of the home|busy cooks", WIPE},
    {"lamps", "reading|a cozy corner", "Bulb not included|Bulb included"},
    {"large appliances", "big families|apartment kitchens",
     "Energy saving|Delivery and haul away available"},
    {"laundry", "the laundry room|wash day", WIPE},
    {"lawn care", "a thick green lawn|spring and fall", "Water after use"},
    {"living", "the living room|movie nights", ASSEMBLY},
    {"lumber", "framing and decks|craft projects", "Store flat and dry"},
    {"measuring", "exact layout|every tool belt", "Batteries included"},
    {"office", "the home office|study and work", ASSEMBLY},
    {"outdoor cooking", "summer cookouts|the patio", "Cover sold separately"},
    {"outdoor lighting", "paths and porches|dark driveways",
     "Weather resistant|Turns on at dusk"},
    {"paint", "walls and trim|old and new surfaces", "Clean up with water"},
    {"painting tools", "smooth finishes|walls and ceilings", "Rinse after use"},
    {"patio", "the deck or patio|lazy afternoons", "Weather resistant"},
    {"pipes", "water lines|plumbing repairs", "Meets code|Cut to length"},
    {"planting", "flowers and vegetables|balconies", "Water weekly"},
    {"power saws", "carpentry|cutting lumber and sheets", "Blade included"},
    {"power tools", "contractors|weekend projects", "Case included"},
    {"rugs", "hardwood floors|high traffic areas", "Vacuum often"},
    {"safety", "peace of mind|every floor of the house", "Test it monthly"},
    {"sealants", "gaps and cracks|kitchen and bath", "Dries in 30 minutes"},
    {"seating", "the living room|long evenings with friends", ASSEMBLY},
    {"shower", "a daily spa|quick mornings", WIPE},
    {"sinks", "remodels|dishes and pots", WIPE},
    {"small appliances", "breakfast|small kitchens", "Dishwasher safe parts"},
    {"storage", "a tidy home|closets and garages", ASSEMBLY},
    {"toilets", "remodels|guest bathrooms", "Wax ring not included"},
    {"wall decor", "empty walls|the hallway", "Hanging hardware included"},
    {"wall lighting", "mirrors and hallways|soft light", WIRED},
    {"water", "the utility room|dry basements", "Flush it once a year"},
    {"watering", "gardens and lawns|washing the car", "Drain before frost"},
    {"windows", "privacy and shade|bedrooms", "Cut to size|Cordless"},
    {"wiring", "new circuits|the electric panel", WIRED},
    {"wiring devices", "kitchens and baths|an easy upgrade", WIRED},
    {"workshop", "the garage|cleaning up after a job", STEEL},
    {"yard machines", "big yards|leaves, grass and snow", "Starts every time"},
    {NULL, "the home|any budget", "Made to last"}, /* any other group */
};

static const char warranties[] =
    "90-day warranty|1-year limited warranty|2-year warranty|"
    "5-year limited warranty|10-year warranty|Limited lifetime warranty|"
    "Free returns within 30 days";

static const blurb *find_blurb(const char *group)
{
    const blurb *b = blurbs;

    while (b->group != NULL && strcmp(b->group, group) != 0) b++;
    return b;
}

static slice draw(random_source *r, const char *list)
{
    const slice all = slice_of(list);
    return list_entry(all, '|', random_below(r, list_count(all, '|')));
}

static void append(text *t, const char *before, slice s, const char *after)
{
    text_append_string(t, before);
    text_append(t, s.data, s.size);
    text_append_string(t, after);
}

static void capitalize(char *c)
{
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - ('a' - 'A'));
}

/* "Color: gray." or "Comes with drawers." */
static void append_attribute(text *t, const attribute *a, int value,
                             random_source *r)
{
    const int ways = value_asked_count(a->values, value);
    const text asked = value_asked(a->values, value, random_below(r, ways));
    const slice words = slice_of(asked.data);
    text name;

    if (strcmp(a->name, "with") == 0) {
        append(t,
               strncmp(asked.data, "with ", 5) == 0 ? " Comes "
                                                    : " Comes with ",
               words, ".");
        return;
    }
    text_clear(&name);
    text_append_string(&name, a->name);
    capitalize(name.data);
    append(t, " ", slice_of(name.data), ": ");
    append(t, "", words, ".");
}

static text write_description(const product *p, random_source *r)
{
    static const char openings[] = "|popular |trusted |well made ";
    const family *const f = p->family;
    const blurb *const b = find_blurb(f->group);
    text t;

    text_clear(&t);
    append(&t, "", draw(r, openings), "");
    append(&t, "", draw(r, f->asked), " for ");
    append(&t, "", draw(r, b->uses), ".");
    capitalize(t.data);
    for (int a = 0; a < MAX_ATTRIBUTES && f->attributes[a].name; a++)
        if (p->value[a] != NO_VALUE && random_chance(r, 60))
            append_attribute(&t, &f->attributes[a], p->value[a], r);
    if (random_chance(r, 50))
        append(&t, " Also known as ", draw(r, f->asked), ".");
    if (random_chance(r, 70)) append(&t, " ", draw(r, b->care), ".");
    append(&t, " ", draw(r, warranties), ".");
    return t;
}

text product_description(const product *p, uint64_t seed)
{
    random_source r = random_stream(seed + (uint64_t)p->uid, 7);
    text none;

    text_clear(&none);
    return random_chance(&r, 4) ? none : write_description(p, &r);
}
