/* Kitchen: fixtures, appliances, cookware and cleaning. */
#include "families.h"

#define BRANDS "Marrowstone|Kühlhaus|Bellavoir|Oakhaven Home|Señora Cocina"
#define APPLIANCE_FINISHES                                                   \
    "Stainless Steel=stainless steel;stainless|Black|White|"                 \
    "Black Stainless=black stainless|Slate=slate;gray"

static const family families[] = {
    {
        .name = "kitchen faucet",
        .group = "kitchen fixtures",
        .products = 36,
        .brands = "Aqualune|Rivelle|Thornbrook|Wellmarch",
        .nouns = "Kitchen Faucet",
        .asked = "kitchen faucet|kitchen tap|faucet|kitchen sink faucet",
        .title = "{brand} {series} {handles} {type} {noun} in {finish}"
                 "[ with {with}]",
        .attributes =
            {
                {"handles", "Single-Handle|2-Handle=two handle;2 handle"},
                {"type", "Pull-Down=pull down|Pull-Out=pull out|"
                         "Touchless|Bridge|Pot Filler"},
                {"finish", METAL_FINISHES},
                {"with", "Side Sprayer=with sprayer|"
                         "Soap Dispenser=with soap dispenser"},
            },
    },
    {
        .name = "kitchen sink",
        .group = "kitchen fixtures",
        .products = 30,
        .brands = "Aqualune|Thornbrook|Marrowstone",
        .nouns = "Kitchen Sink",
        .asked = "kitchen sink|sink|kitchen basin",
        .title = "{brand} {series} {width} {mount} {bowls} {material} {noun}",
        .attributes =
            {
                {"width", "25 in.|30 in.|33 in.|36 in."},
                {"mount", "Undermount|Drop-In|Farmhouse=farmhouse;apron front"},
                {"bowls", "Single Bowl|Double Bowl"},
                {"material", "Stainless Steel=stainless;stainless steel|"
                             "Granite|Fireclay|Cast Iron|Copper"},
            },
    },
    {
        .name = "garbage disposal",
        .group = "kitchen fixtures",
        .products = 24,
        .brands = "Marrowstone|Ironbark|Wellmarch",
        .nouns = "Garbage Disposal",
        .asked = "garbage disposal|disposal|food waste disposer",
        .title = "{brand} {model} {power} {feed} {noun}[ with {with}]",
        .attributes =
            {
                {"power", "1/3 HP|1/2 HP|3/4 HP|1 HP"},
                {"feed", "Continuous Feed|Batch Feed"},
                {"with", "Power Cord=with cord|Sound Insulation=quiet|"
                         "Air Switch=with air switch"},
            },
    },
    {
        .name = "refrigerator",
        .group = "large appliances",
        .products = 32,
        .brands = BRANDS,
        .nouns = "Refrigerator",
        .asked = "refrigerator|fridge|refridgerator",
        .never = "3.3 cu.+French|3.3 cu.+Side|3.3 cu.+Bottom|"
                 "3.3 cu.+Ice Maker|3.3 cu.+Water|Top Freezer+25 cu.",
        .title = "{brand} {size} {type} {noun} in {finish}[ with {with}]",
        .attributes =
            {
                {"size", "3.3 cu. ft.=3.3 cu ft;mini|18 cu. ft.=18 cu ft|"
                         "21 cu. ft.=21 cu ft|25 cu. ft.=25 cu ft"},
                {"type", "French Door|Side by Side|Top Freezer|"
                         "Bottom Freezer"},
                {"finish", APPLIANCE_FINISHES},
                {"with", "Ice Maker=with ice maker|"
                         "Water Dispenser=with water dispenser"},
            },
    },
    {
        .name = "dishwasher",
        .group = "large appliances",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Dishwasher",
        .asked = "dishwasher|dish washer|dishwashing machine",
        .never = "Countertop+24 in.",
        .title = "{brand} {model} {width} {type} {noun} in {finish}, {noise}",
        .attributes =
            {
                {"width", "18 in.|24 in."},
                {"type", "Built-In=built in|Portable|"
                         "Countertop=countertop;small|Top Control"},
                {"finish", APPLIANCE_FINISHES},
                {"noise", "42 dBA=42 dba;quiet|48 dBA=48 dba|55 dBA=55 dba"},
            },
    },
    {
        .name = "microwave",
        .group = "large appliances",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Microwave|Microwave Oven",
        .asked = "microwave|microwave oven|microwaves",
        .never = "0.9 cu.+Over|2.2 cu.+Over|0.9 cu.+Convection",
        .title = "{brand} {size} {type} {noun} in {finish}",
        .attributes =
            {
                {"size", "0.9 cu. ft.=0.9 cu ft;small|1.1 cu. ft.=1.1 cu ft|"
                         "1.7 cu. ft.=1.7 cu ft|2.2 cu. ft.=2.2 cu ft;large"},
                {"type", "Countertop|Over-the-Range=over the range;over stove|"
                         "Built-In|Convection"},
                {"finish", APPLIANCE_FINISHES},
            },
    },
    {
        .name = "range",
        .group = "large appliances",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Range",
        .asked = "range|stove|cooker|oven",
        .never = "24 in.+5-Burner|24 in.+6-Burner|Induction+6-Burner|"
                 "Induction+Griddle",
        .title = "{brand} {width} {burners} {fuel} {noun} in {finish}"
                 "[ with {with}]",
        .attributes =
            {
                {"width", "24 in.|30 in.|36 in."},
                {"burners", "4-Burner|5-Burner|6-Burner"},
                {"fuel", "Gas|Electric|Induction|Dual Fuel"},
                {"finish", APPLIANCE_FINISHES},
                {"with", "Convection Oven=with convection|"
                         "Griddle=with griddle|Air Fryer=with air fryer"},
            },
    },
    {
        .name = "range hood",
        .group = "large appliances",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Range Hood",
        .asked = "range hood|stove hood|vent hood|cooker hood",
        .title = "{brand} {series} {width} {mount} {noun} in {finish}, {cfm}",
        .attributes =
            {
                {"width", "24 in.|30 in.|36 in."},
                {"mount", "Under-Cabinet|Wall-Mount|Island|Insert"},
                {"finish", APPLIANCE_FINISHES},
                {"cfm", "250 CFM|400 CFM|600 CFM"},
            },
    },
    {
        .name = "coffee maker",
        .group = "small appliances",
        .products = 26,
        .brands = "Bellavoir|Café Adèle|Kestrel Kitchen",
        .nouns = "Coffee Maker|Coffee Machine",
        .asked = "coffee maker|coffee machine|coffee pot|coffeemaker",
        .never = "Single-Serve+Carafe|Espresso+10-Cup|Espresso+12-Cup|"
                 "Cold Brew+Single|Cold Brew+Frother",
        .title = "{brand} {cups} {type} {noun} in {color}[ with {with}]",
        .attributes =
            {
                {"cups", "Single-Serve=single serve;1 cup|5-Cup|10-Cup|12-Cup"},
                {"type", "Drip|Programmable|Espresso=espresso|Cold Brew"},
                {"color", "Black|White|Stainless Steel=stainless;"
                          "stainless steel|Red"},
                {"with", "Grinder=with grinder|Thermal Carafe="
                         "with thermal carafe|Milk Frother=with milk frother"},
            },
    },
    {
        .name = "toaster",
        .group = "small appliances",
        .products = 24,
        .brands = "Bellavoir|Kestrel Kitchen|Marrowstone",
        .nouns = "Toaster",
        .asked = "toaster|bread toaster|toasters",
        .title = "{brand} {series} {slices} {type} {noun} in {color}",
        .attributes =
            {
                {"slices", "2-Slice|4-Slice|6-Slice"},
                {"type", "Wide-Slot=wide slot;bagel|Long-Slot|Digital|"
                         "Retro=retro;vintage"},
                {"color", "Black|White|Red|Stainless Steel=stainless;"
                          "stainless steel|Crème=cream"},
            },
    },
    {
        .name = "blender",
        .group = "small appliances",
        .products = 24,
        .brands = "Bellavoir|Kestrel Kitchen|Señora Cocina",
        .nouns = "Blender",
        .asked = "blender|smoothie maker|mixer",
        .never = "Immersion+48 oz.|Immersion+64 oz.|Personal+48 oz.|"
                 "Personal+64 oz.|Heavy-Duty+20 oz.",
        .title = "{brand} {model} {size} {speeds} {type} {noun} in {color}",
        .attributes =
            {
                {"size", "20 oz.=20 oz;small|48 oz.|64 oz.=64 oz;large"},
                {"speeds", "3-Speed|5-Speed|10-Speed"},
                {"type", "Countertop|Personal=personal;portable|"
                         "Immersion=immersion;hand;stick|Heavy-Duty"},
                {"color", "Black|White|Red|Stainless Steel=stainless;"
                          "stainless steel"},
            },
    },
    {
        .name = "frying pan",
        .group = "cookware",
        .products = 30,
        .brands = "Fonderie d'Orée|Kestrel Kitchen|Señora Cocina|Bellavoir",
        .nouns = "Frying Pan|Skillet|Fry Pan",
        .asked = "frying pan|skillet|fry pan|frypan",
        .never = "Stainless+Pre-Seasoned|Aluminum+Pre-Seasoned|"
                 "Copper+Pre-Seasoned|Copper+Enameled|Stainless+Enameled",
        .title = "{brand} {size} {material} {coating} {noun} in {color}"
                 "[ with {with}]",
        .attributes =
            {
                {"size", "8 in.|10 in.|12 in."},
                {"material", "Cast Iron|Stainless Steel=stainless;"
                             "stainless steel|Aluminum|Copper|Carbon Steel"},
                {"coating", "Nonstick=nonstick;non stick|Ceramic=ceramic|"
                            "Enameled=enamel;enameled|Pre-Seasoned="
                            "pre seasoned;seasoned"},
                {"color", "Black|Red|Silver|Blue"},
                {"with", "Lid=with lid|Helper Handle=with two handles"},
            },
    },
    {
        .name = "knife set",
        .group = "cookware",
        .products = 24,
        .brands = "Fonderie d'Orée|Messerberg|Kestrel Kitchen",
        .nouns = "Knife Set|Kitchen Knife Set",
        .asked = "knife set|kitchen knives|knives|cutlery set",
        .title = "{brand} {series} {pieces} {steel} {noun} with {with}",
        .attributes =
            {
                {"pieces", "3-Piece|6-Piece|12-Piece|15-Piece"},
                {"steel", "Stainless Steel=stainless;stainless steel|"
                          "Damascus|Carbon Steel|Ceramic"},
                {"with", "Wood Block=with block;with wood block|"
                         "Magnetic Strip=with magnetic strip|"
                         "Sheaths=with sheath|Sharpener=with sharpener"},
            },
    },
    {
        .name = "trash can",
        .group = "cleaning",
        .products = 28,
        .brands = "Stowell|Fennimore|Oakhaven Home",
        .nouns = "Trash Can|Garbage Can",
        .asked = "trash can|garbage can|waste bin|rubbish bin",
        .never = "3 Gal.+Wheeled|8 Gal.+Wheeled|32 Gal.+Step-On|"
                 "Stainless+Wheeled|Stainless+Green",
        .title = "{brand} {size} {color} {material} {type} {noun}",
        .attributes =
            {
                {"size", "3 Gal.=3 gal;small|8 Gal.=8 gal|13 Gal.=13 gal|"
                         "32 Gal.=32 gal;large"},
                {"color", "Black|White|Gray=gray;grey|Silver|Green"},
                {"material", "Plastic|Stainless Steel=stainless;"
                             "stainless steel;metal"},
                {"type", "Step-On=step;pedal|Touchless=touchless;motion sensor|"
                         "Swing-Top=swing top|Wheeled=with wheels;wheeled"},
            },
    },
    {
        .name = "vacuum cleaner",
        .group = "cleaning",
        .products = 28,
        .brands = "Zephyra|Kühlhaus|Sweepwell",
        .nouns = "Vacuum Cleaner|Vacuum",
        .asked = "vacuum cleaner|vacuum|hoover|vaccum",
        .never = "Robot+Corded|Robot+Bagged|Canister+Cordless|Stick+Bagged",
        .title = "{brand} {model} {power} {bag} {type} {noun}[ with {with}]",
        .attributes =
            {
                {"power", "Cordless|Corded"},
                {"bag", "Bagless|Bagged"},
                {"type", "Upright|Canister|Stick|Robot=robot;robotic|Handheld"},
                {"with", "HEPA Filter=with hepa filter|"
                         "Pet Hair Brush=for pet hair"},
            },
    },
    {
        .name = "broom",
        .group = "cleaning",
        .products = 24,
        .brands = "Sweepwell|Fennimore|Oakhaven Home",
        .nouns = "Broom|Push Broom",
        .asked = "broom|sweeper|push broom",
        .title = "{brand} {width} {place} {bristles} {noun} with {with}",
        .attributes =
            {
                {"width", "10 in.|13 in.|18 in.|24 in."},
                {"place", "Indoor|Outdoor|Multi-Surface=multi surface"},
                {"bristles", "Soft-Bristle|Stiff-Bristle|Corn|Rubber"},
                {"with", "Dustpan=with dustpan|Wood Handle=with wood handle|"
                         "Steel Handle=with metal handle"},
            },
    },
};

const department kitchen_department = {"kitchen", families,
                                       sizeof families / sizeof families[0]};
