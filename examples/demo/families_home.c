/* Home textiles, windows and decoration. */
#include "families.h"

#define BRANDS "Larkfield|Maison Périgord|Doux Rêve|Oakhaven Home"
#define FRAMES "Calder & Roe|Ostfjäll|Vesper Hall|Copperfern"

static const family families[] = {
    {
        .name = "curtains",
        .group = "windows",
        .products = 34,
        .brands = BRANDS,
        .nouns = "Curtain Panel|Curtains|Drapes",
        .asked = "curtains|drapes|window curtains|window panel",
        .title = "{brand} {series} {size} {type} {material} {noun} in "
                 "{color}[ ({pack})]",
        .attributes =
            {
                {"size", "63 in. L=63 in;short|84 in. L=84 in|"
                         "95 in. L=95 in|108 in. L=108 in;long"},
                {"type", "Blackout=blackout;room darkening|Sheer|"
                         "Thermal=thermal;insulated|Grommet"},
                {"material", "Linen|Velvet|Polyester|Cotton"},
                {"color", FABRIC_COLORS},
                {"pack", "Set of 2=set of 2;pair"},
            },
    },
    {
        .name = "blinds",
        .group = "windows",
        .products = 30,
        .brands = "Larkfield|Oakhaven Home|Sonnenhof",
        .nouns = "Window Blinds|Blinds",
        .asked = "blinds|window blinds|window shade|shades",
        .title = "{brand} {width} {color} {material} {type} {noun}",
        .attributes =
            {
                {"width", "23 in.|27 in.|34 in.|48 in.|72 in."},
                {"color",
                 "White|Gray=gray;grey|Espresso=brown;dark brown|Beige|"
                 "Black"},
                {"material", "Faux Wood=faux wood;wood|Aluminum=aluminum;metal|"
                             "Vinyl|Bamboo"},
                {"type", "Cordless|Vertical|Mini=mini|Cellular=cellular;"
                         "honeycomb|Blackout Roller=blackout;roller"},
            },
    },
    {
        .name = "curtain rod",
        .group = "windows",
        .products = 26,
        .brands = "Vesper Hall|Oakhaven Home|Copperfern",
        .nouns = "Curtain Rod",
        .asked = "curtain rod|curtain pole|drapery rod|curtain rail",
        .title = "{brand} {series} {length} {type} {noun} in {finish}",
        .attributes =
            {
                {"length", "28 in. - 48 in.=28 in;48 in|"
                           "36 in. - 72 in.=36 in;72 in|"
                           "66 in. - 120 in.=66 in;120 in;long"},
                {"type", "Single|Double|Tension=tension;no drill|"
                         "Wraparound=wrap around;blackout"},
                {"finish", METAL_FINISHES},
            },
    },
    {
        .name = "comforter",
        .group = "bedding",
        .products = 30,
        .brands = BRANDS,
        .nouns = "Comforter|Comforter Set|Duvet",
        .asked = "comforter|duvet|quilt|bed cover",
        .title = "{brand} {series} {size} {material} {fill} {noun} in "
                 "{color}",
        .attributes =
            {
                {"size", BED_SIZES},
                {"material", "Cotton|Microfiber|Linen|Bamboo"},
                {"fill", "Down|Down Alternative|Lightweight=lightweight;summer|"
                         "Weighted"},
                {"color", FABRIC_COLORS},
            },
    },
    {
        .name = "sheet set",
        .group = "bedding",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Sheet Set|Bed Sheet Set",
        .asked = "sheet set|bed sheets|sheets|bed linen",
        .title = "{brand} {pieces} {color} {material} {size} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"pieces", "3-Piece|4-Piece|6-Piece"},
                {"color", FABRIC_COLORS},
                {"material", "Egyptian Cotton=egyptian cotton;cotton|"
                             "Microfiber|Flannel=flannel;warm|"
                             "Bamboo=bamboo;cooling|Satin=satin;silky"},
                {"size", BED_SIZES},
                {"with", "Deep Pockets=deep pocket"},
            },
    },
    {
        .name = "throw pillow",
        .group = "bedding",
        .products = 30,
        .brands = BRANDS,
        .nouns = "Throw Pillow|Decorative Pillow",
        .asked = "throw pillow|cushion|sofa pillow|decorative pillow",
        .title = "{brand} {series} {size} {color} {pattern} {material} "
                 "{noun}[ ({pack})]",
        .attributes =
            {
                {"size", "12 in. x 20 in.=12 x 20;lumbar|"
                         "18 in. x 18 in.=18x18;18 x 18|"
                         "20 in. x 20 in.=20x20;20 x 20"},
                {"color", FABRIC_COLORS},
                {"pattern", "Solid=solid;plain|Striped=striped;stripe|"
                            "Floral=floral;flower|Embroidered"},
                {"material", "Velvet|Linen|Cotton|Faux Fur=faux fur;fur|"
                             "Outdoor=outdoor;waterproof"},
                {"pack", "Set of 2=set of 2|Set of 4=set of 4"},
            },
    },
    {
        .name = "mirror",
        .group = "wall decor",
        .products = 32,
        .brands = FRAMES,
        .nouns = "Wall Mirror|Mirror",
        .asked = "mirror|wall mirror|looking glass|mirrors",
        .never = "Round+65 in.|Full-Length+24 in.|Full-Length+30 in.|"
                 "Full-Length+36 in.|Round+Full-Length",
        .title = "{brand} {series} {size} {shape} {color} {type} {noun}",
        .attributes =
            {
                {"size", "24 in.|30 in.|36 in.|65 in.=65 in;full length"},
                {"shape", "Round|Oval|Rectangular=rectangle;rectangular|"
                          "Arched=arched;arch"},
                {"color", "Gold|Black|Silver|White|Walnut=walnut;wood"},
                {"type", "Framed|Frameless|LED Lighted=led;lighted|"
                         "Beveled|Full-Length=full length;floor"},
            },
    },
    {
        .name = "wall clock",
        .group = "wall decor",
        .products = 26,
        .brands = FRAMES,
        .nouns = "Wall Clock|Clock",
        .asked = "wall clock|clock|clocks|kitchen clock",
        .title = "{brand} {series} {size} {color} {material} {type} {noun}",
        .attributes =
            {
                {"size", "8 in.|12 in.|18 in.|30 in.=30 in;large"},
                {"color", "Black|White|Gold|Bronze|Gray=gray;grey"},
                {"material", "Wood=wood;wooden|Metal|Plastic|Glass"},
                {"type", "Silent=silent;no ticking;quiet|"
                         "Digital|Roman Numeral|Pendulum|Atomic"},
            },
    },
    {
        .name = "picture frame",
        .group = "wall decor",
        .products = 28,
        .brands = FRAMES,
        .nouns = "Picture Frame|Photo Frame",
        .asked = "picture frame|photo frame|frame|frames",
        .title = "{brand} {size} {color} {material} {noun}[ with {with}]"
                 "[ ({pack})]",
        .attributes =
            {
                {"size", "4 in. x 6 in.=4x6;4 x 6|5 in. x 7 in.=5x7;5 x 7|"
                         "8 in. x 10 in.=8x10;8 x 10|"
                         "16 in. x 20 in.=16x20;16 x 20|"
                         "24 in. x 36 in.=24x36;poster"},
                {"color", "Black|White|Gold|Silver|Walnut=walnut;brown"},
                {"material", "Wood=wood;wooden|Metal|Acrylic=acrylic;clear"},
                {"with", "White Mat=with mat|Easel Stand=with stand"},
                {"pack", "2-Pack|4-Pack|Set of 7=set of 7;gallery wall"},
            },
    },
    {
        .name = "candle",
        .group = "decor",
        .products = 26,
        .brands = "Lumière & Fils|Maison Périgord|Bramblegate",
        .nouns = "Candle",
        .asked = "candle|candles|scented candle",
        .never = "Tea Light+8 oz.|Tea Light+14 oz.|Tea Light+22 oz.|"
                 "Votive+14 oz.|Votive+22 oz.",
        .title = "{brand} {size} {scent} {wax} {type} {noun}[ ({pack})]",
        .attributes =
            {
                {"size", "4 oz.|8 oz.|14 oz.|22 oz.=22 oz;large"},
                {"scent", "Crème Brûlée=creme brulee;sweet|Lavender|"
                          "Vanilla|Fresh Pine=pine|Jasmine & Rosé=jasmine;rose|"
                          "Unscented"},
                {"wax", "Soy|Beeswax|Flameless LED=flameless;led|Paraffin"},
                {"type", "Jar=jar;glass|Pillar|Votive|Tea Light=tealight;"
                         "tea light"},
                {"pack", SMALL_PACKS},
            },
    },
    {
        .name = "christmas tree",
        .group = "decor",
        .products = 26,
        .brands = "Tannenhof|Greenhollow|Bramblegate",
        .nouns = "Artificial Christmas Tree|Christmas Tree",
        .asked = "christmas tree|xmas tree|artificial tree|fake tree",
        .never = "Fraser+White|Fraser+Pink|Slim+Pop-Up",
        .title = "{brand} {height} {lights} {color} {type} {noun}",
        .attributes =
            {
                {"height", "4 ft.|6-1/2 ft.=6.5 ft|7-1/2 ft.=7.5 ft|9 ft."},
                {"lights", "Pre-Lit LED=pre lit;with lights;led|Unlit|"
                           "Fiber Optic"},
                {"color", "Green|White|Flocked=flocked;snow|Pink"},
                {"type", "Slim=slim;skinny;pencil|Full|Fraser Fir=fir;fraser|"
                         "Pop-Up"},
            },
    },
    {
        .name = "laundry basket",
        .group = "laundry",
        .products = 24,
        .brands = "Fennimore|Stowell|Oakhaven Home",
        .nouns = "Laundry Basket|Laundry Hamper",
        .asked = "laundry basket|hamper|clothes basket|washing basket",
        .title = "{brand} {size} {color} {material} {type} {noun}",
        .attributes =
            {
                {"size", "1-Bushel|2-Bushel|60-Liter=60 liter;large"},
                {"color", "White|Gray=gray;grey|Blue|Beige|Black"},
                {"material", "Plastic|Wicker=wicker;rattan|Bamboo|"
                             "Canvas=canvas;fabric"},
                {"type", "Collapsible=collapsible;folding|"
                         "Rolling=rolling;with wheels|3-Section=3 section;"
                         "sorter|Lidded=with lid"},
            },
    },
};

const department home_department = {"home", families,
                                    sizeof families / sizeof families[0]};
