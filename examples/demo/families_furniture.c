/* Furniture: seats, tables, beds, office and storage. */
#include "families.h"

#define BRANDS                                                               \
    "Ostfjäll|Maison Périgord|Calder & Roe|Hearthside Mill|Dunmarrow"

static const family families[] = {
    {
        .name = "sofa",
        .group = "seating",
        .products = 42,
        .brands = BRANDS,
        .nouns = "Sofa|Sofa|Couch",
        .asked = "sofa|couch|settee",
        .never = "Sectional+72 in.",
        .title = "{brand} {series} {width} [{type} ]{material} {noun} in "
                 "{color}",
        .attributes =
            {
                {"width", "72 in.|84 in.|91 in."},
                {"type",
                 "Sleeper=sleeper;pull out|Sectional=sectional;l shaped|"
                 "Reclining|Mid-Century=mid century;modern"},
                {"material", "Velvet|Linen|Leather|Microfiber|Faux Leather="
                             "leather;faux leather"},
                {"color", FABRIC_COLORS},
            },
    },
    {
        .name = "armchair",
        .group = "seating",
        .products = 34,
        .brands = BRANDS,
        .nouns = "Accent Chair|Armchair",
        .asked = "armchair|accent chair|easy chair",
        .title = "{brand} {series} {color} {material} {noun}[ with {with}]",
        .attributes =
            {
                {"color", FABRIC_COLORS},
                {"material", "Velvet|Linen|Leather|Bouclé=boucle|Tweed"},
                {"with", "Oak Legs=with wood legs|Gold Legs=with gold legs|"
                         "Ottoman=with ottoman"},
            },
    },
    {
        .name = "recliner",
        .group = "seating",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Recliner|Recliner Chair",
        .asked = "recliner|reclining chair|lazy chair",
        .title = "{brand} {series} {type} {color} {material} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"type", "Power Lift=lift;power lift|Rocker=rocking;rocker|"
                         "Swivel Glider=swivel;glider|Wall-Hugger=wall hugger"},
                {"color", FABRIC_COLORS},
                {"material", "Leather|Microfiber|Chenille"},
                {"with", "Massage and Heat=with massage;with heat|"
                         "Cup Holders=with cup holder|USB Port=with usb"},
            },
    },
    {
        .name = "ottoman",
        .group = "seating",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Ottoman|Footstool",
        .asked = "ottoman|footstool|foot rest|pouf",
        .title = "{brand} {series} {shape} [{type} ]{material} {noun} in "
                 "{color}",
        .attributes =
            {
                {"shape", "Round|Square|Rectangular=rectangle;rectangular"},
                {"type", "Storage=storage;with storage|Tufted"},
                {"material", "Velvet|Leather|Linen|Knit"},
                {"color", FABRIC_COLORS},
            },
    },
    {
        .name = "writing desk",
        .group = "office",
        .products = 42,
        .brands = "Ostfjäll|Quillon|Calder & Roe|Bureau Lefèvre",
        .nouns = "Writing Desk|Desk|Computer Desk",
        .asked = "desk|writing table|office table|computer desk",
        .never = "L-Shaped+40 in.|Floating+63 in.|Floating+Hutch",
        .title = "{brand} {series} {width} {finish} [{type} ]{noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"width", "40 in.|48 in.|55 in.|63 in."},
                {"finish", WOOD_FINISHES},
                {"type",
                 "Standing=standing;sit stand;adjustable height|"
                 "L-Shaped=l shaped;corner|Floating=floating;wall mount"},
                {"with", "Drawers=with drawers|Hutch=with hutch|"
                         "Keyboard Tray=with keyboard tray|"
                         "Shelves=with shelves"},
            },
    },
    {
        .name = "office chair",
        .group = "office",
        .products = 34,
        .brands = "Quillon|Bureau Lefèvre|Torvane|Dunmarrow",
        .nouns = "Office Chair|Desk Chair|Task Chair",
        .asked = "office chair|desk chair|computer chair",
        .title = "{brand} {series} {color} {material} {type} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"color",
                 "Black|Gray=gray;grey|White|Navy Blue=blue;navy|Brown"},
                {"material", "Mesh|Leather|Fabric"},
                {"type", "Ergonomic|High-Back|Executive|Drafting|"
                         "360° Swivel=swivel"},
                {"with", "Lumbar Support=with lumbar support|"
                         "Headrest=with headrest|Flip-Up Arms=with arms"},
            },
    },
    {
        .name = "filing cabinet",
        .group = "office",
        .products = 24,
        .brands = "Quillon|Bureau Lefèvre|Ironbark",
        .nouns = "File Cabinet|Filing Cabinet",
        .asked = "filing cabinet|file cabinet|file drawers",
        .title = "{brand} {drawers} {type} {material} {noun} in {color}",
        .attributes =
            {
                {"drawers", "2-Drawer|3-Drawer|4-Drawer"},
                {"type", "Lateral|Vertical|Mobile=mobile;rolling|Locking"},
                {"material", "Steel=metal;steel|Wood"},
                {"color", "Black|White|Gray=gray;grey|Putty"},
            },
    },
    {
        .name = "bookcase",
        .group = "office",
        .products = 32,
        .brands = "Ostfjäll|Quillon|Calder & Roe|Hearthside Mill",
        .nouns = "Bookcase|Bookshelf|Étagère Bookcase",
        .asked = "bookcase|bookshelf|book shelf|etagere",
        .never = "36 in.+4-Shelf|36 in.+5-Shelf|36 in.+6-Shelf|"
                 "84 in.+3-Shelf|36 in.+Ladder",
        .title = "{brand} {series} {height} {finish} {shelves} [{type} ]"
                 "{noun}",
        .attributes =
            {
                {"height", "36 in.|60 in.|72 in.=72 in;tall|84 in.=84 in;tall"},
                {"finish", WOOD_FINISHES},
                {"shelves", "3-Shelf|4-Shelf|5-Shelf|6-Shelf"},
                {"type", "Ladder=ladder;leaning|Corner|Barrister=glass door"},
            },
    },
    {
        .name = "bed frame",
        .group = "bedroom",
        .products = 38,
        .brands = BRANDS,
        .nouns = "Bed Frame|Platform Bed|Bed",
        .asked = "bed frame|bed|bedstead|platform bed",
        .title = "{brand} {series} {size} {color} {material} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"size", BED_SIZES},
                {"color", "Black|White|Gray=gray;grey|Walnut|Espresso=brown"},
                {"material", "Metal|Wood=wood;wooden|Upholstered=upholstered;"
                             "padded"},
                {"with", "Headboard=with headboard|"
                         "Storage Drawers=with drawers;with storage|"
                         "LED Lights=with led lights"},
            },
    },
    {
        .name = "mattress",
        .group = "bedroom",
        .products = 36,
        .brands = "Sovanest|Ostfjäll|Doux Rêve|Larkfield",
        .nouns = "Mattress",
        .asked = "mattress|matress",
        .title = "{brand} {series} {depth} {firmness} {type} {size} {noun}",
        .attributes =
            {
                {"depth", "8 in.|10 in.|12 in.|14 in."},
                {"firmness", "Firm|Medium|Plush=plush;soft"},
                {"type", "Gel Memory Foam=memory foam;gel foam|"
                         "Memory Foam|Hybrid|Innerspring=innerspring;spring|"
                         "Latex"},
                {"size", BED_SIZES},
            },
    },
    {
        .name = "nightstand",
        .group = "bedroom",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Nightstand|Bedside Table",
        .asked = "nightstand|bedside table|night table",
        .title = "{brand} {series} {drawers} {finish} {noun}[ with {with}]",
        .attributes =
            {
                {"drawers", "1-Drawer|2-Drawer|3-Drawer"},
                {"finish", WOOD_FINISHES},
                {"with", "USB Port=with usb;with charging station|"
                         "Open Shelf=with shelf|Brass Pulls=with gold handles"},
            },
    },
    {
        .name = "dresser",
        .group = "bedroom",
        .products = 30,
        .brands = BRANDS,
        .nouns = "Dresser|Chest of Drawers",
        .asked = "dresser|chest of drawers|bureau",
        .title = "{brand} {series} {drawers} {finish} {noun}, {width} Wide"
                 "[, with {with}]",
        .attributes =
            {
                {"drawers", "3-Drawer|5-Drawer|6-Drawer|8-Drawer"},
                {"finish", WOOD_FINISHES},
                {"width", "31 in.|47 in.|59 in."},
                {"with",
                 "Mirror=with mirror|Soft-Close Drawers=with soft close"},
            },
    },
    {
        .name = "dining table",
        .group = "dining",
        .products = 32,
        .brands = BRANDS,
        .nouns = "Dining Table|Kitchen Table",
        .asked = "dining table|kitchen table|dinner table",
        .title = "{brand} {series} {shape} {finish} {material} {noun}, "
                 "{seats}",
        .attributes =
            {
                {"shape", "Round|Rectangular=rectangle;rectangular|Square|"
                          "Extendable=extendable;expandable"},
                {"finish",
                 "Walnut|Natural=natural|Espresso=dark brown;espresso|"
                 "White|Gray=gray;grey"},
                {"material", "Wood=wood;wooden|Marble-Top=marble|"
                             "Glass-Top=glass"},
                {"seats", "Seats 4=4 person;for 4|Seats 6=6 person;for 6|"
                          "Seats 8=8 person;for 8"},
            },
    },
    {
        .name = "dining chair",
        .group = "dining",
        .products = 30,
        .brands = BRANDS,
        .nouns = "Dining Chair|Side Chair",
        .asked = "dining chair|kitchen chair|side chair",
        .title = "{brand} {series} {color} {material} {noun} ({pack})",
        .attributes =
            {
                {"color", FABRIC_COLORS},
                {"material", "Upholstered=upholstered;padded|Wood=wood;wooden|"
                             "Rattan=rattan;wicker|Velvet|Plastic"},
                {"pack", "Set of 2=set of 2|Set of 4=set of 4|"
                         "Set of 6=set of 6"},
            },
    },
    {
        .name = "bar stool",
        .group = "dining",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Bar Stool|Counter Stool",
        .asked = "bar stool|barstool|counter stool|bar chair",
        .title = "{brand} {series} {height} {color} {material} [{type} ]"
                 "{noun}",
        .attributes =
            {
                {"height", "24 in.=24 in;counter height|26 in.=26 in;"
                           "counter height|30 in.=30 in;bar height"},
                {"color",
                 "Black|White|Gray=gray;grey|Brown|Navy Blue=blue;navy"},
                {"material", "Metal|Leather|Wood=wood;wooden|Velvet"},
                {"type", "Swivel|Backless=backless;no back|Adjustable"},
            },
    },
    {
        .name = "coffee table",
        .group = "living",
        .products = 32,
        .brands = BRANDS,
        .nouns = "Coffee Table|Cocktail Table",
        .asked = "coffee table|cocktail table|center table",
        .title = "{brand} {series} {width} {shape} {finish} [{type} ]{noun}",
        .attributes =
            {
                {"width", "32 in.|40 in.|47 in."},
                {"shape",
                 "Round|Square|Oval|Rectangular=rectangle;rectangular"},
                {"finish", WOOD_FINISHES},
                {"type", "Lift-Top|Glass-Top=glass|Nesting|Storage=storage;"
                         "with storage"},
            },
    },
    {
        .name = "tv stand",
        .group = "living",
        .products = 28,
        .brands = BRANDS,
        .nouns = "TV Stand|Media Console",
        .asked = "tv stand|tv console|media console|entertainment center",
        .title = "{brand} {series} {finish} [{type} ]{noun} Fits TVs up to "
                 "{size}",
        .attributes =
            {
                {"finish", WOOD_FINISHES},
                {"type", "Corner|Fireplace=fireplace;electric fireplace|"
                         "Barn Door=barn door|Floating=floating;wall mount"},
                {"size", "50 in.|65 in.|75 in."},
            },
    },
    {
        .name = "shelving unit",
        .group = "storage",
        .products = 30,
        .brands = "Ironbark|Stowell|Kastell Werk",
        .nouns = "Shelving Unit|Storage Rack",
        .asked = "shelving unit|garage shelves|storage rack|shelving",
        .title = "{brand} {shelves} {material} {noun} in {color} ({size})",
        .attributes =
            {
                {"shelves", "3-Tier|4-Tier|5-Tier"},
                {"material", "Heavy-Duty Steel=steel;metal;heavy duty|"
                             "Wire=wire|Plastic|Wood"},
                {"color", "Black|Gray=gray;grey|White|Chrome"},
                {"size", "36 in. W x 72 in. H=36 x 72;72 in|"
                         "48 in. W x 72 in. H=48 x 72;48 in|"
                         "24 in. W x 54 in. H=24 x 54;24 in"},
            },
    },
    {
        .name = "storage bin",
        .group = "storage",
        .products = 30,
        .brands = "Stowell|Fennimore|Kastell Werk",
        .nouns = "Storage Bin|Storage Tote|Storage Box",
        .asked = "storage bin|storage tote|plastic tub|storage container",
        .title = "{brand} {size} {color} {noun} with {with}[ ({pack})]",
        .attributes =
            {
                {"size", "6 Gal.=6 gal|12 Gal.=12 gal|18 Gal.=18 gal|"
                         "27 Gal.=27 gal;large"},
                {"color", "Clear=clear;see through|Black|Gray=gray;grey|"
                          "Navy Blue=blue;navy|Red"},
                {"with", "Lid=with lid|Wheels=with wheels|"
                         "Latching Lid=with lid;with latch"},
                {"pack", SMALL_PACKS},
            },
    },
    {
        .name = "wardrobe",
        .group = "storage",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Wardrobe|Armoire",
        .asked = "wardrobe|armoire|clothes cabinet|closet",
        .title = "{brand} {series} {doors} {finish} {noun}[ with {with}]",
        .attributes =
            {
                {"doors", "2-Door|3-Door|Sliding-Door"},
                {"finish", WOOD_FINISHES},
                {"with", "Mirror=with mirror|Drawers=with drawers|"
                         "Hanging Rod=with hanging rod"},
            },
    },
    {
        .name = "shoe rack",
        .group = "storage",
        .products = 24,
        .brands = "Stowell|Fennimore|Ostfjäll",
        .nouns = "Shoe Rack|Shoe Organizer",
        .asked = "shoe rack|shoe organizer|shoe shelf",
        .never = "2-Tier+20 Pairs|2-Tier+30 Pairs|3-Tier+30 Pairs|"
                 "6-Tier+12 Pairs",
        .title = "{brand} {tiers} {material} {noun} for {pairs} in {color}",
        .attributes =
            {
                {"tiers", "2-Tier|3-Tier|4-Tier|6-Tier"},
                {"material", "Bamboo|Metal|Wood"},
                {"pairs", "12 Pairs=12 pair|20 Pairs=20 pair|30 Pairs=30 pair"},
                {"color", "Black|White|Natural|Bronze"},
            },
    },
};

const department furniture_department = {"furniture", families,
                                         sizeof families / sizeof families[0]};
