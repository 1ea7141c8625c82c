/* Bathroom, plumbing, heating and cooling. */
#include "families.h"

#define BRANDS "Aqualune|Rivelle|Source Évian-les-Prés|Thornbrook|Wellmarch"
#define PIPES "Kupferhof|Flowgate|Thornbrook"
#define CLIMATE "Breezemoor|Zephyra|Wärmewerk|Coldharbor"

static const family families[] = {
    {
        .name = "bathroom faucet",
        .group = "faucets",
        .products = 34,
        .brands = BRANDS,
        .nouns = "Bathroom Faucet|Lavatory Faucet",
        .asked = "bathroom faucet|bathroom tap|basin tap|sink faucet",
        .title = "{brand} {series} {mount} {handles} {noun} in {finish}",
        .attributes =
            {
                {"mount", "4 in. Centerset=centerset;4 in|"
                          "8 in. Widespread=widespread;8 in|"
                          "Single Hole|Wall-Mount|Vessel"},
                {"handles", "Single-Handle|2-Handle=two handle;2 handle"},
                {"finish", METAL_FINISHES},
            },
    },
    {
        .name = "shower head",
        .group = "shower",
        .products = 30,
        .brands = BRANDS,
        .nouns = "Shower Head|Showerhead",
        .asked = "shower head|showerhead|shower sprayer",
        .title = "{brand} {series} {sprays} {size} {type} {noun} in {finish}",
        .attributes =
            {
                {"sprays", "1-Spray|3-Spray|6-Spray"},
                {"size", "4 in.|6 in.|8 in.|10 in."},
                {"type", "Rain=rain;rainfall|Handheld=handheld;hand held|"
                         "High Pressure|Dual"},
                {"finish", METAL_FINISHES},
            },
    },
    {
        .name = "shower curtain",
        .group = "shower",
        .products = 26,
        .brands = "Larkfield|Doux Rêve|Fennimore",
        .nouns = "Shower Curtain",
        .asked = "shower curtain|bath curtain",
        .title = "{brand} {size} {material} {pattern} {noun} in {color}",
        .attributes =
            {
                {"size", "70 in. x 72 in.=70 x 72|72 in. x 84 in.=72 x 84;"
                         "extra long"},
                {"material", "Polyester=fabric;polyester|PEVA=plastic;peva|"
                             "Cotton|Linen"},
                {"pattern", "Striped=striped;stripes|Floral=floral;flower|"
                            "Waffle|Geometric"},
                {"color", FABRIC_COLORS},
            },
    },
    {
        .name = "shower door",
        .group = "shower",
        .products = 24,
        .brands = BRANDS,
        .nouns = "Shower Door",
        .asked = "shower door|glass shower door|shower enclosure",
        .title = "{brand} {series} {size} {type} {frame} {noun} in {finish}",
        .attributes =
            {
                {"size", "36 in. x 72 in.=36 in;36 x 72|"
                         "48 in. x 76 in.=48 in;48 x 76|"
                         "60 in. x 76 in.=60 in;60 x 76"},
                {"type", "Sliding|Pivot=pivot;swing|Bi-Fold=folding;bifold"},
                {"frame", "Frameless|Semi-Frameless|Framed"},
                {"finish", METAL_FINISHES},
            },
    },
    {
        .name = "toilet",
        .group = "toilets",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Toilet",
        .asked = "toilet|commode|water closet",
        .title = "{brand} {series} {pieces} {flush} {bowl} {noun} in {color}",
        .attributes =
            {
                {"pieces",
                 "1-Piece=one piece;1 piece|2-Piece=two piece;2 piece"},
                {"flush", "1.28 GPF Single Flush=1.28 gpf;single flush|"
                          "1.1/1.6 GPF Dual Flush=dual flush|"
                          "1.6 GPF Power Flush=1.6 gpf;power flush"},
                {"bowl", "Elongated|Round|Comfort Height=comfort height;tall"},
                {"color", "White|Biscuit|Bone|Black"},
            },
    },
    {
        .name = "toilet seat",
        .group = "toilets",
        .products = 24,
        .brands = BRANDS,
        .nouns = "Toilet Seat",
        .asked = "toilet seat|toilet lid|commode seat",
        .title = "{brand} {bowl} {type} {material} {noun} in {color}",
        .attributes =
            {
                {"bowl", "Elongated|Round"},
                {"type", "Slow-Close=slow close;soft close|Heated|"
                         "Bidet=bidet|Padded=padded;soft|Raised"},
                {"material", "Plastic|Wood=wood;wooden"},
                {"color", "White|Biscuit|Bone|Black"},
            },
    },
    {
        .name = "bathroom vanity",
        .group = "sinks",
        .products = 34,
        .brands = BRANDS,
        .nouns = "Bath Vanity|Bathroom Vanity",
        .asked = "bathroom vanity|vanity|sink cabinet",
        .never = "Double+24 in.|Double+30 in.|Double+36 in.|Corner+48 in.|"
                 "Corner+60 in.",
        .title = "{brand} {series} {width} {type} {noun} in {color} with "
                 "{with}",
        .attributes =
            {
                {"width", "24 in.|30 in.|36 in.|48 in.|60 in."},
                {"type", "Single Sink|Double Sink|Floating=floating;wall mount|"
                         "Corner"},
                {"color", "White|Gray=gray;grey|Navy Blue=blue;navy|Espresso="
                          "dark brown;espresso|Natural Oak=oak"},
                {"with", "Marble Top=with marble top;with top|"
                         "Quartz Top=with quartz top;with top|"
                         "Ceramic Top=with ceramic top;with top|"
                         "Mirror=with mirror"},
            },
    },
    {
        .name = "bathroom sink",
        .group = "sinks",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Bathroom Sink|Lavatory Sink",
        .asked = "bathroom sink|wash basin|lavatory sink",
        .never = "Pedestal+Glass|Pedestal+Copper",
        .title = "{brand} {series} {mount} {shape} {material} {noun} in "
                 "{color}",
        .attributes =
            {
                {"mount", "Vessel|Undermount|Drop-In|Pedestal|Wall-Mount"},
                {"shape", "Round|Oval|Rectangular=rectangle;rectangular"},
                {"material", "Ceramic|Porcelain|Glass|Copper"},
                {"color", "White|Biscuit|Black|Gray=gray;grey"},
            },
    },
    {
        .name = "bathtub",
        .group = "sinks",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Bathtub|Soaking Tub",
        .asked = "bathtub|bath tub|tub|soaking tub",
        .title = "{brand} {series} {length} {material} {type} {noun} in "
                 "{color}",
        .attributes =
            {
                {"length", "54 in.|60 in.|66 in.|72 in."},
                {"material", "Acrylic|Cast Iron|Steel|Fiberglass"},
                {"type", "Freestanding=freestanding;stand alone|Alcove|"
                         "Clawfoot=clawfoot;claw foot|Whirlpool=whirlpool;"
                         "jetted|Walk-In"},
                {"color", "White|Biscuit|Bone|Black"},
            },
    },
    {
        .name = "towel bar",
        .group = "bath accessories",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Towel Bar|Towel Rack",
        .asked = "towel bar|towel rack|towel holder|towel rail",
        .title = "{brand} {series} {length} {mount} {noun} in {finish}",
        .attributes =
            {
                {"length", "18 in.|24 in.|30 in."},
                {"mount", "Wall-Mount|Double|Over-the-Door=over the door|"
                          "Heated|Adhesive=adhesive;stick on;no drill"},
                {"finish", METAL_FINISHES},
            },
    },
    {
        .name = "bath towel",
        .group = "bath accessories",
        .products = 26,
        .brands = "Larkfield|Doux Rêve|Sovanest",
        .nouns = "Bath Towel|Bath Towel Set",
        .asked = "bath towel|towel|towels|bath sheet",
        .title = "{brand} {series} {material} {noun} in {color} ({pack})",
        .attributes =
            {
                {"material", "Egyptian Cotton=egyptian cotton;cotton|"
                             "Turkish Cotton=turkish;cotton|Bamboo|"
                             "Quick-Dry=quick dry;microfiber"},
                {"color", FABRIC_COLORS},
                {"pack", "2-Pack|4-Pack|Set of 6=set of 6|Set of 8=set of 8"},
            },
    },
    {
        .name = "water heater",
        .group = "water",
        .products = 26,
        .brands = "Wärmewerk|Wellmarch|Thornbrook",
        .nouns = "Water Heater",
        .asked = "water heater|hot water heater|hot water tank|boiler",
        .title = "{brand} {model} {size} {fuel} {type} {noun}",
        .attributes =
            {
                {"size", "30 Gal.=30 gal|40 Gal.=40 gal|50 Gal.=50 gal|"
                         "80 Gal.=80 gal"},
                {"fuel", "Electric|Natural Gas=natural gas;gas|"
                         "Propane=propane;gas|Hybrid Electric=hybrid;electric"},
                {"type", "Tall|Short|12-Year Warranty=12 year"},
            },
    },
    {
        .name = "sump pump",
        .group = "water",
        .products = 24,
        .brands = "Flowgate|Wellmarch|Ironbark",
        .nouns = "Sump Pump",
        .asked = "sump pump|basement pump|water pump",
        .title = "{brand} {model} {power} {material} {type} {noun}",
        .attributes =
            {
                {"power", "1/4 HP|1/3 HP|1/2 HP|3/4 HP"},
                {"material", "Cast Iron|Thermoplastic=plastic;thermoplastic|"
                             "Stainless Steel=stainless;stainless steel"},
                {"type", "Submersible|Battery Backup=battery backup;backup|"
                         "Pedestal"},
            },
    },
    {
        .name = "pipe",
        .group = "pipes",
        .products = 30,
        .brands = PIPES,
        .nouns = "Pipe|Tubing",
        .asked = "pipe|tubing|water line|water pipe",
        .never = "Tubing+PVC|Tubing+Galvanized|Tubing+ABS",
        .title = "{brand} {size} x {length} {material} {noun}",
        .attributes =
            {
                {"size", "1/2 in.|3/4 in.|1 in.|1-1/2 in.|2 in."},
                {"length", "2 ft.|5 ft.|10 ft.|20 ft."},
                {"material", "Copper Type L=copper|PVC Schedule 40=pvc;plastic|"
                             "CPVC|PEX=pex|Galvanized Steel=galvanized;steel|"
                             "ABS=abs"},
            },
    },
    {
        .name = "pipe fitting",
        .group = "pipes",
        .products = 34,
        .brands = PIPES,
        .nouns = "Fitting|Pipe Fitting",
        .asked = "fitting|pipe fitting|pipe connector",
        .title = "{brand} {size} {material} {type} {noun}[ ({pack})]",
        .attributes =
            {
                {"size", "1/2 in.|3/4 in.|1 in.|1-1/2 in.|2 in."},
                {"material", "Copper|PVC=pvc;plastic|Brass|PEX|Galvanized"},
                {"type", "90° Elbow=90 degree elbow;elbow|"
                         "45° Elbow=45 degree elbow;elbow|Tee=tee;t|Coupling|"
                         "Cap=cap;end cap|Union"},
                {"pack", "5-Pack|10-Pack|25-Pack"},
            },
    },
    {
        .name = "ball valve",
        .group = "pipes",
        .products = 24,
        .brands = PIPES,
        .nouns = "Ball Valve|Shut-Off Valve",
        .asked = "ball valve|shut off valve|water valve|stopcock",
        .never = "PVC+Sweat|PVC+Compression|Stainless+Sweat",
        .title = "{brand} {size} {material} {ends} {noun}",
        .attributes =
            {
                {"size", "1/2 in.|3/4 in.|1 in.|1-1/2 in."},
                {"material", "Brass|PVC=pvc;plastic|Stainless Steel=stainless;"
                             "stainless steel|Bronze"},
                {"ends", "Threaded|Push-to-Connect=push to connect;push fit|"
                         "Sweat=sweat;solder|Compression"},
            },
    },
    {
        .name = "space heater",
        .group = "heating",
        .products = 26,
        .brands = CLIMATE,
        .nouns = "Space Heater|Electric Heater",
        .asked = "space heater|room heater|electric heater",
        .title = "{brand} {model} {watts} {type} {noun}[ with {with}]",
        .attributes =
            {
                {"watts", "750-Watt|1000-Watt|1500-Watt"},
                {"type", "Ceramic|Oil-Filled Radiator=oil filled;radiator|"
                         "Infrared=infrared;quartz|Tower|Baseboard"},
                {"with", "Thermostat=with thermostat|Remote=with remote|"
                         "Timer=with timer"},
            },
    },
    {
        .name = "air conditioner",
        .group = "cooling",
        .products = 26,
        .brands = CLIMATE,
        .nouns = "Air Conditioner|AC Unit",
        .asked = "air conditioner|ac unit|ac|a/c",
        .never = "Window+12,000|Mini Split+5,000",
        .title = "{brand} {model} {btu} {type} {noun}[ with {with}]",
        .attributes =
            {
                {"btu", "5,000 BTU=5000 btu|8,000 BTU=8000 btu|"
                        "10,000 BTU=10000 btu|12,000 BTU=12000 btu"},
                {"type", "Window=window;window unit|Portable|"
                         "Through-the-Wall=wall;through the wall|"
                         "Ductless Mini Split=mini split;ductless"},
                {"with", "Remote=with remote|Wi-Fi=with wifi|"
                         "Heater=with heat;with heater"},
            },
    },
    {
        .name = "portable fan",
        .group = "cooling",
        .products = 26,
        .brands = CLIMATE,
        .nouns = "Fan",
        .asked = "fan|room fan|cooling fan|electric fan",
        .never = "Tower+9 in.|Tower+16 in.|Tower+20 in.|Box+9 in.|"
                 "Box+36 in.|Window+36 in.|Desk+36 in.|Desk+20 in.|"
                 "Pedestal+9 in.",
        .title = "{brand} {size} {speeds} {type} {noun} in {color}"
                 "[ with {with}]",
        .attributes =
            {
                {"size", "9 in.|16 in.|20 in.|36 in."},
                {"speeds", "3-Speed|5-Speed"},
                {"type", "Tower|Box|Pedestal=pedestal;standing|"
                         "Window|Oscillating Desk=desk;oscillating"},
                {"color", "White|Black|Gray=gray;grey"},
                {"with", "Remote=with remote|Timer=with timer"},
            },
    },
    {
        .name = "dehumidifier",
        .group = "cooling",
        .products = 24,
        .brands = CLIMATE,
        .nouns = "Dehumidifier",
        .asked = "dehumidifier|dehumidifyer|moisture remover",
        .never = "Whole-House+22-Pint|Whole-House+35-Pint",
        .title = "{brand} {model} {size} {type} {noun}[ with {with}]",
        .attributes =
            {
                {"size",
                 "22-Pint=22 pint;small|35-Pint=35 pint|50-Pint=50 pint;"
                 "large"},
                {"type", "Portable|Basement|Whole-House=whole house|"
                         "Energy Saving"},
                {"with", "Pump=with pump|Drain Hose=with hose|Wi-Fi=with wifi"},
            },
    },
    {
        .name = "air filter",
        .group = "cooling",
        .products = 26,
        .brands = "Breezemoor|Clarair|Coldharbor",
        .nouns = "Air Filter|Furnace Filter",
        .asked = "air filter|furnace filter|ac filter|hvac filter",
        .title = "{brand} {size} {rating} {type} {noun} ({pack})",
        .attributes =
            {
                {"size", "14 x 20 x 1=14x20x1;14 x 20|16 x 20 x 1=16x20x1;"
                         "16 x 20|16 x 25 x 1=16x25x1;16 x 25|"
                         "20 x 20 x 1=20x20x1;20 x 20|20 x 25 x 4=20x25x4;"
                         "20 x 25"},
                {"rating", "MERV 8|MERV 11|MERV 13"},
                {"type", "Pleated|Allergen=allergen;allergy|Washable=washable;"
                         "reusable|Odor Reduction"},
                {"pack", "2-Pack|4-Pack|6-Pack|12-Pack"},
            },
    },
};

const department bath_department = {"bath", families,
                                    sizeof families / sizeof families[0]};
