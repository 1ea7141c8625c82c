/* Garden and patio. */
#include "families.h"

#define BRANDS "Grünwerk|Bramblegate|Jardin Québec|Tamarack|Greenhollow"
#define POWERED "Grünwerk|Ironbark|Tamarack|Motorgård"

static const family families[] = {
    {
        .name = "garden hose",
        .group = "watering",
        .products = 32,
        .brands = BRANDS,
        .nouns = "Garden Hose|Water Hose",
        .asked = "garden hose|hosepipe|water hose|hose pipe",
        .title = "{brand} {size} x {length} {type} {noun} in {color}",
        .attributes =
            {
                {"size", "1/2 in.|5/8 in.|3/4 in."},
                {"length", "25 ft.|50 ft.|75 ft.|100 ft."},
                {"type", "Expandable|Heavy-Duty|Soaker|Rubber|Coiled|"
                         "Drinking-Water=drinking water;rv"},
                {"color", "Green|Black|Blue|Gray=gray;grey"},
            },
    },
    {
        .name = "hose reel",
        .group = "watering",
        .products = 24,
        .brands = BRANDS,
        .nouns = "Hose Reel",
        .asked = "hose reel|hose holder|hose caddy",
        .title = "{brand} {capacity} {material} {mount} {noun}",
        .attributes =
            {
                {"capacity", "65 ft.|100 ft.|150 ft.|225 ft."},
                {"material", "Plastic|Steel=metal;steel|Aluminum"},
                {"mount", "Wall-Mount|Retractable=retractable;automatic|"
                          "4-Wheel Cart=cart;with wheels|Freestanding"},
            },
    },
    {
        .name = "sprinkler",
        .group = "watering",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Sprinkler|Lawn Sprinkler",
        .asked = "sprinkler|lawn sprinkler|yard sprinkler|sprinklers",
        .title = "{brand} {material} {type} {noun}, {area}[ ({pack})]",
        .attributes =
            {
                {"material", "Plastic|Metal|Brass"},
                {"type", "Oscillating|Impact|Rotary=rotary;rotating|"
                         "Pop-Up|360° Spray=360 degree"},
                {"area", "1,200 sq. ft.=1200 sq ft|3,600 sq. ft.=3600 sq ft|"
                         "5,000 sq. ft.=5000 sq ft"},
                {"pack", "2-Pack|4-Pack"},
            },
    },
    {
        .name = "lawn mower",
        .group = "yard machines",
        .products = 32,
        .brands = POWERED,
        .nouns = "Lawn Mower|Mower",
        .asked = "lawn mower|lawnmower|grass cutter|mower",
        .never = "Reel+Gas|Reel+Cordless|Reel+Electric|Reel+42 in.|"
                 "Robotic+Gas|Robotic+Electric|Robotic+42 in.|"
                 "Riding+Electric|Riding+16 in.|Riding+20 in.|"
                 "Riding+21 in.|Push+42 in.|Self-Propelled+42 in.",
        .title = "{brand} {model} {width} {power} {type} {noun}",
        .attributes =
            {
                {"width", "16 in.|20 in.|21 in.|42 in."},
                {"power", "Gas=gas;petrol|40-Volt Cordless=cordless;battery|"
                          "Corded Electric=electric;corded"},
                {"type", "Self-Propelled|Push|Riding=riding;ride on|"
                         "Reel=reel;manual|Robotic=robot;robotic"},
            },
    },
    {
        .name = "string trimmer",
        .group = "yard machines",
        .products = 26,
        .brands = POWERED,
        .nouns = "String Trimmer|Grass Trimmer",
        .asked = "string trimmer|weed eater|weed trimmer|strimmer",
        .title = "{brand} {model} {width} {power} {shaft} {noun}",
        .attributes =
            {
                {"width", "12 in.|14 in.|16 in.|18 in."},
                {"power", "Gas=gas;petrol|20-Volt Cordless=cordless;20 volt|"
                          "40-Volt Cordless=cordless;40 volt|"
                          "Corded Electric=electric;corded"},
                {"shaft", "Straight Shaft|Curved Shaft"},
            },
    },
    {
        .name = "leaf blower",
        .group = "yard machines",
        .products = 26,
        .brands = POWERED,
        .nouns = "Leaf Blower|Blower",
        .asked = "leaf blower|blower|leaf vacuum",
        .never = "Walk-Behind+Electric|Walk-Behind+Cordless|"
                 "Backpack+Electric|Handheld+220 MPH",
        .title = "{brand} {model} {speed} {power} {type} {noun}",
        .attributes =
            {
                {"speed", "110 MPH|130 MPH|180 MPH|220 MPH"},
                {"power", "Gas=gas;petrol|20-Volt Cordless=cordless;20 volt|"
                          "40-Volt Cordless=cordless;40 volt|"
                          "Corded Electric=electric;corded"},
                {"type", "Handheld|Backpack|Walk-Behind"},
            },
    },
    {
        .name = "hedge trimmer",
        .group = "yard machines",
        .products = 24,
        .brands = POWERED,
        .nouns = "Hedge Trimmer",
        .asked = "hedge trimmer|hedge cutter|bush trimmer",
        .title = "{brand} {model} {length} {power} {noun}[ with {with}]",
        .attributes =
            {
                {"length", "18 in.|20 in.|22 in.|24 in."},
                {"power", "Gas=gas;petrol|20-Volt Cordless=cordless;20 volt|"
                          "40-Volt Cordless=cordless;40 volt|"
                          "Corded Electric=electric;corded"},
                {"with", "Dual-Action Blade=dual action|"
                         "Extension Pole=with pole;telescoping|"
                         "Rotating Handle=with rotating handle"},
            },
    },
    {
        .name = "chainsaw",
        .group = "yard machines",
        .products = 28,
        .brands = POWERED,
        .nouns = "Chainsaw|Chain Saw",
        .asked = "chainsaw|chain saw|tree saw",
        .title = "{brand} {model} {length} {power} {noun}[ with {with}]",
        .attributes =
            {
                {"length", "12 in.|14 in.|16 in.|18 in.|20 in."},
                {"power", "42cc Gas=gas;petrol|50cc Gas=gas;50cc|"
                          "40-Volt Cordless=cordless;battery|"
                          "Corded Electric=electric;corded"},
                {"with", "Carrying Case=with case|"
                         "Automatic Oiler=with oiler;self oiling|"
                         "Extension Pole=with pole;pole"},
            },
    },
    {
        .name = "pressure washer",
        .group = "yard machines",
        .products = 26,
        .brands = POWERED,
        .nouns = "Pressure Washer",
        .asked = "pressure washer|power washer|pressure cleaner",
        .never = "Electric+3,100|Electric+4,000|Gas+1,800",
        .title = "{brand} {model} {psi} {gpm} {power} {noun}[ with {with}]",
        .attributes =
            {
                {"psi", "1,800 PSI=1800 psi|2,300 PSI=2300 psi|"
                        "3,100 PSI=3100 psi|4,000 PSI=4000 psi"},
                {"gpm", "1.2 GPM|1.8 GPM|2.5 GPM"},
                {"power", "Gas=gas;petrol|Electric"},
                {"with", "Hose Reel=with hose reel|"
                         "Surface Cleaner=with surface cleaner"},
            },
    },
    {
        .name = "planter",
        .group = "planting",
        .products = 32,
        .brands = BRANDS,
        .nouns = "Planter|Flower Pot|Plant Pot",
        .asked = "planter|flower pot|plant pot|flowerpot",
        .never = "Hanging+16 in.|Hanging+24 in.|Hanging+Concrete|"
                 "Tall+8 in.|Rectangular+8 in.",
        .title = "{brand} {size} {shape} {material} {noun} in {color}",
        .attributes =
            {
                {"size", "8 in.|12 in.|16 in.|24 in."},
                {"shape", "Round|Square|Rectangular=rectangle;window box|"
                          "Hanging|Tall"},
                {"material", "Ceramic|Clay=clay;terracotta|Plastic|Resin|"
                             "Concrete=concrete;cement|Cedar=cedar;wood"},
                {"color", "White|Black|Terracotta|Blue|Green|Gray=gray;grey"},
            },
    },
    {
        .name = "garden soil",
        .group = "planting",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Potting Soil|Garden Soil",
        .asked = "potting soil|garden soil|potting mix|dirt|compost",
        .title = "{brand} {size} {type} {noun} for {use}",
        .attributes =
            {
                {"size", "8 qt.|1 cu. ft.=1 cu ft|1-1/2 cu. ft.=1.5 cu ft|"
                         "2 cu. ft.=2 cu ft"},
                {"type", "Organic|All-Purpose|Moisture Control|Peat-Free"},
                {"use", "Vegetables=vegetable|Flowers=flower|"
                        "Succulents and Cactus=cactus;succulent|"
                        "Indoor Plants=indoor plant;houseplant|Raised Beds="
                        "raised bed"},
            },
    },
    {
        .name = "mulch",
        .group = "planting",
        .products = 24,
        .brands = BRANDS,
        .nouns = "Mulch",
        .asked = "mulch|ground cover|bark chips|wood chips",
        .title = "{brand} {size} {color} {material} {noun}[ - {with}]",
        .attributes =
            {
                {"size", "1-1/2 cu. ft.=1.5 cu ft|2 cu. ft.=2 cu ft|"
                         "3 cu. ft.=3 cu ft"},
                {"color", "Black|Brown|Red|Natural"},
                {"material", "Cedar|Cypress|Hardwood|Pine Bark=pine;pine bark|"
                             "Recycled Rubber=rubber"},
                {"with", "Weed Control=weed control|Color Lasts 1 Year="
                         "long lasting"},
            },
    },
    {
        .name = "grass seed",
        .group = "lawn care",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Grass Seed",
        .asked = "grass seed|lawn seed|grass seeds",
        .title = "{brand} {size} {grass} {noun} for {place}",
        .attributes =
            {
                {"size", "3 lb.|7 lb.|20 lb.|50 lb."},
                {"grass", "Tall Fescue=fescue;tall fescue|"
                          "Kentucky Bluegrass=bluegrass;kentucky bluegrass|"
                          "Bermuda|Perennial Ryegrass=ryegrass;rye|Zoysia"},
                {"place", "Sun=sun;full sun|Dense Shade=shade|"
                          "Sun and Shade=sun and shade|"
                          "High Traffic=high traffic"},
            },
    },
    {
        .name = "fertilizer",
        .group = "lawn care",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Fertilizer|Plant Food",
        .asked = "fertilizer|plant food|lawn food|fertiliser",
        .title = "{brand} {size} {type} {form} {noun} for {use}",
        .attributes =
            {
                {"size", "3 lb.|8 lb.|15 lb.|40 lb."},
                {"type", "Organic|Slow-Release|Water-Soluble"},
                {"form", "Granular|Liquid|Spikes=spike;spikes"},
                {"use", "Lawns=lawn|Tomatoes=tomato|Roses=rose|"
                        "Evergreens=evergreen;tree|Citrus Trees=citrus"},
            },
    },
    {
        .name = "shovel",
        .group = "hand garden tools",
        .products = 24,
        .brands = BRANDS,
        .nouns = "Shovel|Spade",
        .asked = "shovel|spade|digging shovel",
        .never = "29 in.+Trenching|29 in.+Drain|Snow+29 in.",
        .title = "{brand} {length} {material} {type} {noun} with {with}",
        .attributes =
            {
                {"length", "29 in.|41 in.|48 in.|57 in."},
                {"material", "Carbon Steel=steel|Stainless Steel=stainless;"
                             "stainless steel|Aluminum"},
                {"type", "Round-Point|Square-Point=square point;flat|"
                         "Trenching|Snow|Drain"},
                {"with", "D-Handle=d handle|Wood Handle=with wood handle|"
                         "Fiberglass Handle=with fiberglass handle"},
            },
    },
    {
        .name = "rake",
        .group = "hand garden tools",
        .products = 24,
        .brands = BRANDS,
        .nouns = "Rake",
        .asked = "rake|leaf rake|yard rake|rakes",
        .never = "Bow+Bamboo|Bow+Poly|Bow+30 in.|Thatch+Bamboo|"
                 "Thatch+Poly|Leaf+8 in.",
        .title = "{brand} {width} {material} {type} {noun} with {with}",
        .attributes =
            {
                {"width", "8 in.|14 in.|24 in.|30 in."},
                {"material", "Steel=metal;steel|Poly=plastic;poly|Bamboo"},
                {"type", "Leaf|Bow=bow;garden|Thatch=thatch;dethatching|"
                         "Adjustable"},
                {"with", "Wood Handle=with wood handle|"
                         "Fiberglass Handle=with fiberglass handle|"
                         "Steel Handle=with metal handle"},
            },
    },
    {
        .name = "pruning shears",
        .group = "hand garden tools",
        .products = 24,
        .brands = BRANDS,
        .nouns = "Pruning Shears|Pruner|Secateurs",
        .asked = "pruning shears|pruner|secateurs|garden clippers",
        .title = "{brand} {series} {length} {type} {noun}[ with {with}]",
        .attributes =
            {
                {"length", "6 in.|8 in.|8-1/2 in."},
                {"type", "Bypass|Anvil|Ratchet|Floral=flower;floral"},
                {"with", "Titanium Blade=with titanium blade|"
                         "Sheath=with sheath|Soft Grip=with soft grip"},
            },
    },
    {
        .name = "wheelbarrow",
        .group = "hand garden tools",
        .products = 24,
        .brands = "Tamarack|Ironbark|Greenhollow",
        .nouns = "Wheelbarrow|Garden Cart",
        .asked = "wheelbarrow|wheel barrow|garden cart|yard cart",
        .title = "{brand} {size} {material} {wheels} {noun} in {color}",
        .attributes =
            {
                {"size", "4 cu. ft.=4 cu ft|6 cu. ft.=6 cu ft|"
                         "8 cu. ft.=8 cu ft|10 cu. ft.=10 cu ft"},
                {"material", "Steel=steel;metal|Poly=plastic;poly"},
                {"wheels", "1-Wheel=one wheel;single wheel|"
                           "2-Wheel=two wheel;2 wheel|4-Wheel=four wheel;"
                           "4 wheel"},
                {"color", "Green|Red|Black|Blue"},
            },
    },
    {
        .name = "patio umbrella",
        .group = "patio",
        .products = 28,
        .brands = "Sonnenhof|Greenhollow|Costa Señal",
        .nouns = "Patio Umbrella|Market Umbrella",
        .asked = "patio umbrella|outdoor umbrella|parasol|sun umbrella",
        .never = "Wood+Cantilever|Wood+Solar",
        .title = "{brand} {size} {material} {type} {noun} in {color}",
        .attributes =
            {
                {"size", "7-1/2 ft.=7.5 ft|9 ft.|10 ft.|11 ft."},
                {"material", "Aluminum|Wood=wood;wooden|Fiberglass|Steel"},
                {"type", "Cantilever=cantilever;offset|Tilting=tilt;tilting|"
                         "Solar LED=solar;lighted|Half=half;half round"},
                {"color", "Red|Navy Blue=blue;navy|Beige|Green|Black|"
                          "Terracotta=orange;terracotta"},
            },
    },
    {
        .name = "patio set",
        .group = "patio",
        .products = 30,
        .brands = "Sonnenhof|Greenhollow|Costa Señal|Ostfjäll",
        .nouns = "Patio Set|Outdoor Conversation Set",
        .asked = "patio set|outdoor furniture|garden furniture|"
                 "patio furniture",
        .title = "{brand} {series} {pieces} {material} {noun} with {color} "
                 "Cushions",
        .attributes =
            {
                {"pieces", "3-Piece|4-Piece|5-Piece|7-Piece"},
                {"material", "Wicker=wicker;rattan|Aluminum=aluminum;metal|"
                             "Acacia Wood=wood;acacia|Steel=metal;steel|"
                             "Teak=teak;wood"},
                {"color", "Red|Navy Blue=blue;navy|Beige|Green|"
                          "Gray=gray;grey|Turquoise"},
            },
    },
    {
        .name = "hammock",
        .group = "patio",
        .products = 24,
        .brands = "Costa Señal|Sonnenhof|Greenhollow",
        .nouns = "Hammock",
        .asked = "hammock|hammocks|hanging bed",
        .title = "{brand} {size} {material} {noun} in {color}[ with {with}]",
        .attributes =
            {
                {"size", "1-Person=single;one person|2-Person=double;"
                         "two person"},
                {"material", "Cotton Rope=rope;cotton|Quilted Fabric=quilted;"
                             "fabric|Nylon Camping=nylon;camping"},
                {"color", "Green|Blue|Red|Natural|Rainbow=colorful;rainbow"},
                {"with", "Stand=with stand|Pillow=with pillow|"
                         "Mosquito Net=with net"},
            },
    },
    {
        .name = "grill",
        .group = "outdoor cooking",
        .products = 30,
        .brands = "Feuerhof|Ironbark|Señor Brasa",
        .nouns = "Grill|BBQ Grill",
        .asked = "grill|bbq|barbecue|barbeque grill",
        .never = "Portable+Natural|Portable+Rotisserie|"
                 "Portable+Side Burner|Electric+3-Burner|"
                 "Electric+4-Burner|Electric+Side Burner",
        .title = "{brand} {model} {burners} {fuel} {noun} in {color}"
                 "[ with {with}]",
        .attributes =
            {
                {"burners", "2-Burner|3-Burner|4-Burner|Portable=portable;"
                            "small"},
                {"fuel", "Propane Gas=propane;gas|Natural Gas=natural gas;gas|"
                         "Electric|Infrared Gas=infrared;gas"},
                {"color", "Black|Stainless Steel=stainless;stainless steel|"
                          "Red"},
                {"with", "Side Burner=with side burner|Cover=with cover|"
                         "Rotisserie=with rotisserie"},
            },
    },
    {
        .name = "fire pit",
        .group = "outdoor cooking",
        .products = 26,
        .brands = "Feuerhof|Ironbark|Sonnenhof",
        .nouns = "Fire Pit|Fire Bowl",
        .asked = "fire pit|firepit|fire bowl|outdoor fireplace",
        .never = "Wood-Burning+Lava|Propane+Spark|Natural Gas+Spark",
        .title = "{brand} {size} {shape} {material} {fuel} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"size", "24 in.|30 in.|36 in.|44 in."},
                {"shape", "Round|Square|Rectangular=rectangle;rectangular"},
                {"material", "Steel=steel;metal|Cast Iron|Concrete|Copper"},
                {"fuel", "Wood-Burning=wood burning;wood|Propane=propane;gas|"
                         "Natural Gas=natural gas;gas"},
                {"with", "Spark Screen=with screen|Cover=with cover|"
                         "Lava Rocks=with lava rock"},
            },
    },
    {
        .name = "bird feeder",
        .group = "birds",
        .products = 24,
        .brands = "Bramblegate|Greenhollow|Jardin Québec",
        .nouns = "Bird Feeder",
        .asked = "bird feeder|birdfeeder|feeder for birds",
        .title = "{brand} {size} {material} {type} {noun} in {color}",
        .attributes =
            {
                {"size", "1 lb.|2 lb.|3 lb.|5 lb."},
                {"material", "Metal|Cedar=cedar;wood|Plastic|Glass"},
                {"type", "Tube|Squirrel-Proof=squirrel proof|"
                         "Hopper|Window|Platform"},
                {"color", "Green|Red|Copper|Black|Natural"},
            },
    },
};

const department garden_department = {"garden", families,
                                      sizeof families / sizeof families[0]};
