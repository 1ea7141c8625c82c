/* Paint, flooring, doors and building materials. */
#include "families.h"

#define PAINTS "Farbenhof|Maison Chaux|Copperfern|Saltbox & Sons"
#define FLOORS "Holzmark|Copperfern|Terra Señora|Stonemere"
#define DOORS "Saltbox & Sons|Quayle & Daughters|Holzmark"
#define YARD "Stonemere|Calloway Forge|Timberlie"
#define SHEENS "Flat=flat;matte|Eggshell|Satin|Semi-Gloss|High-Gloss"
#define SIZES "1 qt.=1 qt;quart|1 gal.|5 gal."

static const family families[] = {
    {
        .name = "interior paint",
        .group = "paint",
        .products = 36,
        .brands = PAINTS,
        .nouns = "Interior Paint|Interior Wall Paint",
        .asked = "interior paint|wall paint|room paint|paint",
        .title = "{brand} {size} {color} {sheen} {type} {noun}",
        .attributes =
            {
                {"size", SIZES},
                {"color", PAINT_COLORS},
                {"sheen", SHEENS},
                {"type", "Latex|Low-VOC=low voc;no smell|"
                         "Mold-Resistant=mold resistant;bathroom|"
                         "Paint and Primer"},
            },
    },
    {
        .name = "exterior paint",
        .group = "paint",
        .products = 30,
        .brands = PAINTS,
        .nouns = "Exterior Paint",
        .asked = "exterior paint|outdoor paint|house paint|outside paint",
        .title = "{brand} {size} {color} {sheen} {type} {noun}",
        .attributes =
            {
                {"size", SIZES},
                {"color", PAINT_COLORS},
                {"sheen", SHEENS},
                {"type", "Masonry=masonry;concrete|Acrylic|"
                         "Porch and Floor=porch;floor|Trim=trim;door"},
            },
    },
    {
        .name = "spray paint",
        .group = "paint",
        .products = 28,
        .brands = PAINTS,
        .nouns = "Spray Paint",
        .asked = "spray paint|aerosol paint|paint spray can",
        .title = "{brand} 12 oz. {color} {finish} {use} {noun}[ ({pack})]",
        .attributes =
            {
                {"color", PAINT_COLORS},
                {"finish", "Gloss|Matte|Satin|Metallic|Hammered"},
                {"use", "Multi-Purpose|High-Heat=high heat;grill|"
                        "Rust-Preventive=rust;rust proof|Plastic|"
                        "Chalkboard"},
                {"pack", "3-Pack|6-Pack"},
            },
    },
    {
        .name = "wood stain",
        .group = "paint",
        .products = 26,
        .brands = PAINTS,
        .nouns = "Wood Stain",
        .asked = "wood stain|stain|deck stain|wood dye",
        .title = "{brand} {size} {color} {opacity} {place} {noun}",
        .attributes =
            {
                {"size", "1/2 pt.=1/2 pt;small|1 qt.=1 qt;quart|1 gal.|5 gal."},
                {"color", "Walnut|Golden Oak=oak|Mahogany|Cedar|"
                          "Weathered Gray=gray;grey|Ebony=black;ebony"},
                {"opacity", "Solid|Semi-Transparent|Transparent=clear;"
                            "transparent"},
                {"place", "Interior|Exterior=exterior;outdoor"},
            },
    },
    {
        .name = "paint brush",
        .group = "painting tools",
        .products = 24,
        .brands = PAINTS,
        .nouns = "Paint Brush|Paintbrush",
        .asked = "paint brush|paintbrush|brush|paint brushes",
        .title = "{brand} {size} {bristle} {type} {noun}[ ({pack})]",
        .attributes =
            {
                {"size", "1 in.|1-1/2 in.|2 in.|3 in.|4 in."},
                {"bristle", "Polyester=polyester;synthetic|Nylon|"
                            "China Bristle=natural;china bristle|Foam"},
                {"type", "Angled Sash=angled;sash|Flat|Trim|"
                         "Stain=stain;staining"},
                {"pack", SMALL_PACKS},
            },
    },
    {
        .name = "paint roller",
        .group = "painting tools",
        .products = 24,
        .brands = PAINTS,
        .nouns = "Paint Roller|Roller Cover",
        .asked = "paint roller|roller|roller cover|paint rollers",
        .title = "{brand} {size} x {nap} {material} {noun} for {use} "
                 "({pack})",
        .attributes =
            {
                {"size", "4 in.=4 in;mini|9 in.|18 in."},
                {"nap", "1/4 in.|3/8 in.|1/2 in.|3/4 in."},
                {"material", "Microfiber|Foam|Woven|Lambswool"},
                {"use", "Smooth Surfaces=smooth|Rough Surfaces=rough;textured|"
                        "Ceilings=ceiling"},
                {"pack", "2-Pack|3-Pack|6-Pack"},
            },
    },
    {
        .name = "caulk",
        .group = "sealants",
        .products = 26,
        .brands = "Sealmoor|Farbenhof|Gripwell",
        .nouns = "Caulk|Sealant",
        .asked = "caulk|caulking|sealant|sealer",
        .title = "{brand} {size} {color} {material} {use} {noun}[ ({pack})]",
        .attributes =
            {
                {"size", "5-1/2 oz.=5.5 oz;small|10 oz.|12 oz."},
                {"color", "White|Clear|Almond|Black|Gray=gray;grey|Brown"},
                {"material", "Silicone|Acrylic Latex=latex;acrylic|"
                             "Polyurethane"},
                {"use", "Kitchen and Bath=bathroom;kitchen;bath|"
                        "Window and Door=window;door|Concrete=concrete|"
                        "Roof=roof;gutter"},
                {"pack", "2-Pack|12-Pack"},
            },
    },
    {
        .name = "tape",
        .group = "sealants",
        .products = 24,
        .brands = "Gripwell|Sealmoor|Farbenhof",
        .nouns = "Tape",
        .asked = "tape|tapes|adhesive tape",
        .never = "Painter's+Silver|Painter's+Black|Painter's+White|"
                 "Packing+Blue|Packing+Green|Packing+Silver|Packing+Black|"
                 "Double-Sided+Blue|Double-Sided+Green|Double-Sided+Silver",
        .title = "{brand} {width} x {length} {color} {type} {noun}"
                 "[ ({pack})]",
        .attributes =
            {
                {"width", "1 in.|1-1/2 in.|2 in.|3 in."},
                {"length", "20 yd.|45 yd.|60 yd."},
                {"color", "Blue|Silver|White|Black|Green"},
                {"type", "Painter's=painters;masking|Duct=duct;duck|"
                         "Double-Sided|Packing|Weatherproof=waterproof;"
                         "weatherproof"},
                {"pack", SMALL_PACKS},
            },
    },
    {
        .name = "area rug",
        .group = "rugs",
        .products = 38,
        .brands = "Larkfield|Maison Périgord|Ostfjäll|Kilim & Co.",
        .nouns = "Area Rug|Rug",
        .asked = "area rug|rug|carpet|floor carpet",
        .title = "{brand} {series} {color} {size} {pattern} {noun}"
                 "[ in {material}]",
        .attributes =
            {
                {"color", FABRIC_COLORS},
                {"size", "3 ft. x 5 ft.=3x5;3 x 5|5 ft. x 8 ft.=5x8;5 x 8|"
                         "8 ft. x 10 ft.=8x10;8 x 10|"
                         "9 ft. x 12 ft.=9x12;9 x 12"},
                {"pattern", "Shag=shag;fluffy|Oriental=oriental;persian|"
                            "Striped=striped;stripe|Geometric|"
                            "Outdoor=outdoor;patio|Floral=floral;flower"},
                {"material", "Wool|Jute|Cotton"},
            },
    },
    {
        .name = "door mat",
        .group = "rugs",
        .products = 24,
        .brands = "Larkfield|Fennimore|Stonemere",
        .nouns = "Door Mat|Doormat",
        .asked = "door mat|doormat|entry mat|welcome mat",
        .title = "{brand} {size} {material} {pattern} {noun} in {color}",
        .attributes =
            {
                {"size", "18 in. x 30 in.=18 x 30|24 in. x 36 in.=24 x 36|"
                         "36 in. x 60 in.=36 x 60;large"},
                {"material", "Coir=coir;coconut|Rubber|Microfiber|Polyester"},
                {"pattern", "Welcome=welcome|Plain|Striped|Boot-Scraper="
                            "boot scraper"},
                {"color", "Brown|Black|Gray=gray;grey|Green"},
            },
    },
    {
        .name = "laminate flooring",
        .group = "flooring",
        .products = 28,
        .brands = FLOORS,
        .nouns = "Laminate Flooring|Laminate Plank Flooring",
        .asked = "laminate flooring|laminate|laminate floor",
        .title = "{brand} {series} {wood} {thickness} {type} {noun}"
                 " ({cover})",
        .attributes =
            {
                {"wood", "Natural Oak=oak|Walnut|Hickory|"
                         "Gray Ash=gray;grey;ash|Cherry|Maple"},
                {"thickness", "8 mm|10 mm|12 mm"},
                {"type", "Waterproof|Click-Lock=click;click lock|"
                         "Scratch-Resistant|Handscraped"},
                {"cover", "18.9 sq. ft./case=case|21.3 sq. ft./case=case"},
            },
    },
    {
        .name = "vinyl flooring",
        .group = "flooring",
        .products = 26,
        .brands = FLOORS,
        .nouns = "Vinyl Plank Flooring|Vinyl Flooring",
        .asked = "vinyl flooring|vinyl plank|vinyl floor|lvp",
        .title = "{brand} {series} {width} {look} {type} {noun}",
        .attributes =
            {
                {"width", "6 in.|7 in.|9 in.|12 in."},
                {"look", "Natural Oak=oak;wood look|Gray Pine=gray;grey|"
                         "Walnut|Slate=slate;stone look|White Marble=marble"},
                {"type", "Waterproof|Peel-and-Stick=peel and stick;"
                         "self adhesive|Click-Lock=click;click lock|"
                         "Glue-Down"},
            },
    },
    {
        .name = "tile",
        .group = "flooring",
        .products = 32,
        .brands = FLOORS,
        .nouns = "Tile|Floor and Wall Tile",
        .asked = "tile|tiles|wall tile|floor tile",
        .title = "{brand} {series} {color} {size} {finish} {material} {noun}",
        .attributes =
            {
                {"color", "White|Black|Gray=gray;grey|Beige|Blue|Terracotta|"
                          "Crème=cream"},
                {"size", "3 in. x 6 in.=3x6;subway|12 in. x 12 in.=12x12;"
                         "12 x 12|12 in. x 24 in.=12x24;12 x 24|"
                         "6 in. Hexagon=hexagon;hex"},
                {"finish", "Glossy=glossy;shiny|Matte|Polished|Textured"},
                {"material", "Ceramic|Porcelain|Marble|Glass Mosaic=glass;"
                             "mosaic|Slate"},
            },
    },
    {
        .name = "interior door",
        .group = "doors",
        .products = 28,
        .brands = DOORS,
        .nouns = "Interior Door",
        .asked = "interior door|inside door|bedroom door|room door",
        .never = "Louvered+Core|French+Flush|French+Hollow|"
                 "French+Louvered|Flush+Louvered",
        .title = "{brand} {size} {panels} [{core} ]{material} {type} {noun}",
        .attributes =
            {
                {"size", "24 in. x 80 in.=24 in;24 x 80|"
                         "30 in. x 80 in.=30 in;30 x 80|"
                         "32 in. x 80 in.=32 in;32 x 80|"
                         "36 in. x 80 in.=36 in;36 x 80"},
                {"panels", "2-Panel|6-Panel|Louvered|Flush=flush;flat"},
                {"core", "Solid-Core|Hollow-Core"},
                {"material", "Pine|MDF|Oak|Primed White=white;primed"},
                {"type", "Bi-Fold=bifold;folding|Barn=barn;sliding|"
                         "Prehung|Pocket|French"},
            },
    },
    {
        .name = "front door",
        .group = "doors",
        .products = 26,
        .brands = DOORS,
        .nouns = "Front Door|Entry Door",
        .asked = "front door|entry door|entrance door|exterior door",
        .title = "{brand} {size} {color} {material} {noun} with {with}",
        .attributes =
            {
                {"size", "32 in. x 80 in.=32 in;32 x 80|"
                         "36 in. x 80 in.=36 in;36 x 80|"
                         "36 in. x 96 in.=96 in;8 ft"},
                {"color", "Black|Red|White|Mahogany|Navy Blue=blue;navy"},
                {"material", "Steel=steel;metal|Fiberglass|Wood=wood;wooden"},
                {"with", "Half Lite Glass=with glass;with window|"
                         "Sidelites=with sidelights|"
                         "Iron Grille=with iron|Pet Door=with dog door"},
            },
    },
    {
        .name = "door lock",
        .group = "door hardware",
        .products = 28,
        .brands = "Schlossberg|Sentrive|Quayle & Daughters",
        .nouns = "Deadbolt|Door Lock",
        .asked = "door lock|deadbolt|dead bolt|lock",
        .title = "{brand} {model} {type} {cylinder} {noun} in {finish}",
        .attributes =
            {
                {"type", "Smart Wi-Fi=smart;wifi|Keypad=keypad;keyless;code|"
                         "Keyed|Fingerprint=fingerprint;biometric"},
                {"cylinder", "Single-Cylinder|Double-Cylinder"},
                {"finish", METAL_FINISHES},
            },
    },
    {
        .name = "door knob",
        .group = "door hardware",
        .products = 28,
        .brands = "Schlossberg|Quayle & Daughters|Saltbox & Sons",
        .nouns = "Door Knob|Door Lever",
        .asked = "door knob|doorknob|door handle|door lever",
        .title = "{brand} {series} {finish} {function} {noun}[ ({pack})]",
        .attributes =
            {
                {"finish", METAL_FINISHES},
                {"function", "Privacy=privacy;bathroom|Passage=passage;closet|"
                             "Keyed Entry=keyed;entry|Dummy"},
                {"pack", SMALL_PACKS},
            },
    },
    {
        .name = "plywood",
        .group = "lumber",
        .products = 24,
        .brands = "Timberlie|Holzmark",
        .nouns = "Plywood|Plywood Sheet",
        .asked = "plywood|ply wood|plywood sheet|wood sheet",
        .title = "{brand} {thickness} x {size} {wood} {grade} {noun}",
        .attributes =
            {
                {"thickness", "1/4 in.|1/2 in.|5/8 in.|3/4 in."},
                {"size", "2 ft. x 4 ft.=2x4;2 x 4|4 ft. x 8 ft.=4x8;4 x 8|"
                         "2 ft. x 2 ft.=2x2;2 x 2"},
                {"wood", "Birch|Oak|Pine|Maple|Poplar"},
                {"grade", "Sanded|Pressure-Treated=pressure treated;treated|"
                          "Sheathing|Marine=marine;waterproof"},
            },
    },
    {
        .name = "lumber",
        .group = "lumber",
        .products = 26,
        .brands = "Timberlie|Holzmark",
        .nouns = "Lumber|Board",
        .asked = "lumber|board|wood board|boards|timber",
        .title = "{brand} {size} x {length} {treatment} {wood} {noun}",
        .attributes =
            {
                {"size", "1 in. x 4 in.=1x4;1 x 4|1 in. x 6 in.=1x6;1 x 6|"
                         "2 in. x 4 in.=2x4;2 x 4|2 in. x 6 in.=2x6;2 x 6|"
                         "4 in. x 4 in.=4x4;4 x 4"},
                {"length", "6 ft.|8 ft.|10 ft.|12 ft."},
                {"treatment", "Pressure-Treated=pressure treated;treated|"
                              "Kiln-Dried|Premium=premium;select"},
                {"wood", "Pine|Cedar|Douglas Fir=fir;douglas fir|Redwood"},
            },
    },
    {
        .name = "insulation",
        .group = "building",
        .products = 24,
        .brands = "Wärmewerk|Stonemere|Timberlie",
        .nouns = "Insulation",
        .asked = "insulation|insulating|wall insulation",
        .never = "Roll+Foam|Batt+Foam|Roll+93 in.|Batt+32 ft.|"
                 "Soundproofing+R-38",
        .title = "{brand} {rating} {width} x {length} {material} {type} "
                 "{noun}",
        .attributes =
            {
                {"rating", "R-13=r13;r 13|R-19=r19;r 19|R-30=r30;r 30|"
                           "R-38=r38;r 38"},
                {"width", "15 in.|23 in.|48 in."},
                {"length", "8 ft.|32 ft.|93 in."},
                {"material", "Fiberglass|Mineral Wool=mineral wool;rock wool|"
                             "Polystyrene Foam=foam;styrofoam"},
                {"type", "Roll|Batt=batt;batts|Soundproofing=soundproof;sound|"
                         "Faced"},
            },
    },
    {
        .name = "concrete mix",
        .group = "building",
        .products = 24,
        .brands = "Stonemere|Calloway Forge|Gripwell",
        .nouns = "Concrete Mix|Cement Mix",
        .asked = "concrete mix|cement|concrete|quick cement",
        .title = "{brand} {size} {type} {noun} in {color}",
        .attributes =
            {
                {"size", "10 lb.|50 lb.|60 lb.|80 lb."},
                {"type", "Fast-Setting=fast setting;quick set|"
                         "High-Strength=high strength;strong|"
                         "Crack-Resistant|Mortar=mortar;brick|"
                         "Self-Leveling=self leveling;floor"},
                {"color", "Gray=gray;grey|White|Buff=tan;buff"},
            },
    },
    {
        .name = "fence panel",
        .group = "fencing",
        .products = 28,
        .brands = YARD,
        .nouns = "Fence Panel|Fence Section",
        .asked = "fence panel|fence|fencing|privacy fence",
        .never = "Split-Rail+Bamboo|Split-Rail+Aluminum|Lattice+Aluminum|"
                 "Picket+Bamboo|Privacy+3 ft.|Bamboo+White",
        .title = "{brand} {size} {color} {material} {type} {noun}",
        .attributes =
            {
                {"size", "3 ft. x 8 ft.=3x8;3 ft|4 ft. x 8 ft.=4x8;4 ft|"
                         "6 ft. x 8 ft.=6x8;6 ft"},
                {"color", "White|Black|Natural|Brown|Gray=gray;grey"},
                {"material", "Vinyl=vinyl;pvc|Cedar=cedar;wood|"
                             "Aluminum=aluminum;metal|Pine=pine;wood|Bamboo"},
                {"type", "Privacy|Picket|Lattice|Split-Rail|Horizontal"},
            },
    },
};

const department building_department = {"building", families,
                                        sizeof families / sizeof families[0]};
