/* Lighting and electrical supplies. */
#include "families.h"

#define BRANDS                                                               \
    "Lumière & Fils|Brightwell|Nordskinn|Vesper Hall|Candela Ridge"
#define WIRING "Voltrane|Kupferhof|Amperline"

static const family families[] = {
    {
        .name = "chandelier",
        .group = "ceiling lighting",
        .products = 32,
        .brands = BRANDS,
        .nouns = "Chandelier",
        .asked = "chandelier|chandeliers|hanging lamp dining room",
        .title = "{brand} {series} {lights} {finish} {style} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"lights", "3-Light|5-Light|6-Light|9-Light"},
                {"finish", METAL_FINISHES},
                {"style", "Crystal|Farmhouse=farmhouse;rustic|Modern|"
                          "Candle-Style=candle"},
                {"with", "Glass Shades=with glass shades|"
                         "Fabric Shades=with fabric shades"},
            },
    },
    {
        .name = "pendant light",
        .group = "ceiling lighting",
        .products = 30,
        .brands = BRANDS,
        .nouns = "Pendant Light|Mini Pendant",
        .asked = "pendant light|hanging light|pendant lamp",
        .title = "{brand} {series} {lights} {finish} {noun} with {with}",
        .attributes =
            {
                {"lights", "1-Light|2-Light|3-Light"},
                {"finish", METAL_FINISHES},
                {"with", "Clear Glass Shade=with glass shade;with clear glass|"
                         "Seeded Glass Shade=with glass shade;"
                         "with seeded glass|Metal Shade=with metal shade|"
                         "Rattan Shade=with rattan shade"},
            },
    },
    {
        .name = "flush mount",
        .group = "ceiling lighting",
        .products = 30,
        .brands = BRANDS,
        .nouns = "Flush Mount Ceiling Light|Flush Mount Light",
        .asked = "ceiling light|flush mount light|ceiling light fixture",
        .title = "{brand} {series} {size} {finish} {type} {noun}",
        .attributes =
            {
                {"size", "11 in.|13 in.|15 in.|18 in."},
                {"finish", METAL_FINISHES},
                {"type", "LED|2-Light|3-Light|Dimmable LED=dimmable;led"},
            },
    },
    {
        .name = "ceiling fan",
        .group = "ceiling lighting",
        .products = 32,
        .brands = "Zephyra|Brightwell|Breezemoor",
        .nouns = "Ceiling Fan",
        .asked = "ceiling fan|ceiling fans|overhead fan",
        .title = "{brand} {series} {size} {place} {finish} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"size", "42 in.|52 in.|60 in."},
                {"place", "Indoor|Outdoor|Indoor/Outdoor=outdoor;patio"},
                {"finish", METAL_FINISHES},
                {"with", "Light Kit=with light|Remote Control=with remote|"
                         "LED Light and Remote=with light;with remote"},
            },
    },
    {
        .name = "table lamp",
        .group = "lamps",
        .products = 32,
        .brands = BRANDS,
        .nouns = "Table Lamp|Bedside Lamp",
        .asked = "table lamp|bedside lamp|night lamp",
        .title = "{brand} {series} {height} {color} {material} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"height", "18 in.|22 in.|26 in."},
                {"color", "White|Black|Blue|Gold=gold;brass|Gray=gray;grey|"
                          "Green"},
                {"material", "Ceramic|Glass|Metal|Wood"},
                {"with", "Linen Shade=with shade|USB Port=with usb|"
                         "Touch Dimmer=with dimmer;with touch switch"},
            },
    },
    {
        .name = "floor lamp",
        .group = "lamps",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Floor Lamp",
        .asked = "floor lamp|standing lamp|tall lamp",
        .title = "{brand} {series} {height} {finish} {type} {noun}",
        .attributes =
            {
                {"height", "58 in.|65 in.|71 in."},
                {"finish", METAL_FINISHES},
                {"type", "Arc=arc;arched|Tripod|Torchiere=torchiere;uplight|"
                         "Reading|LED"},
            },
    },
    {
        .name = "desk lamp",
        .group = "lamps",
        .products = 26,
        .brands = BRANDS,
        .nouns = "Desk Lamp|Task Lamp",
        .asked = "desk lamp|reading lamp|study lamp",
        .title = "{brand} {series} {color} {type} {noun}[ with {with}]",
        .attributes =
            {
                {"color", "White|Black|Silver=silver;gray|Red|Blue"},
                {"type", "LED|Architect=architect;swing arm|Clip-On=clip on|"
                         "Gooseneck"},
                {"with", "USB Port=with usb|Wireless Charger="
                         "with wireless charger|Dimmer=with dimmer"},
            },
    },
    {
        .name = "wall sconce",
        .group = "wall lighting",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Wall Sconce|Sconce",
        .asked = "wall sconce|sconce|wall lamp",
        .title = "{brand} {series} {lights} {finish} {noun} with {with}",
        .attributes =
            {
                {"lights", "1-Light|2-Light|LED"},
                {"finish", METAL_FINISHES},
                {"with", "Clear Glass Shade=with glass shade;with clear glass|"
                         "Frosted Glass Shade=with frosted glass;"
                         "with glass shade|White Fabric Shade="
                         "with fabric shade;with white shade"},
            },
    },
    {
        .name = "vanity light",
        .group = "wall lighting",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Vanity Light|Bath Bar Light",
        .asked = "vanity light|bathroom light|light over mirror",
        .title = "{brand} {series} {width} {lights} {finish} {noun}",
        .attributes =
            {
                {"width", "14 in.|24 in.|32 in."},
                {"lights", "2-Light|3-Light|4-Light|LED"},
                {"finish", METAL_FINISHES},
            },
    },
    {
        .name = "outdoor lantern",
        .group = "outdoor lighting",
        .products = 28,
        .brands = BRANDS,
        .nouns = "Outdoor Wall Lantern|Outdoor Lantern",
        .asked = "outdoor wall light|porch light|outdoor lantern",
        .title = "{brand} {series} {finish} {type} {noun}[ with {with}]",
        .attributes =
            {
                {"finish", "Black|Bronze|White|Rust=rust;rustic|Pewter"},
                {"type", "LED|1-Light|Solar=solar;solar powered|"
                         "Motion Sensor=motion sensor;motion detector"},
                {"with", "Seeded Glass=with seeded glass|"
                         "Clear Glass=with clear glass|"
                         "Dusk to Dawn Sensor=with dusk to dawn"},
            },
    },
    {
        .name = "path light",
        .group = "outdoor lighting",
        .products = 24,
        .brands = "Sonnenhof|Brightwell|Candela Ridge",
        .nouns = "Path Light|Landscape Path Light",
        .asked = "path light|walkway light|garden light|path lights",
        .title = "{brand} {power} {finish} {light} {noun} ({pack})",
        .attributes =
            {
                {"power", "Solar=solar;solar powered|Low-Voltage"},
                {"finish",
                 "Black|Bronze|Copper|Stainless Steel=stainless steel"},
                {"light", "Warm White LED=warm white;led|"
                          "Cool White LED=cool white;led|"
                          "Color-Changing LED=color changing"},
                {"pack", "2-Pack|4-Pack|6-Pack|8-Pack"},
            },
    },
    {
        .name = "string lights",
        .group = "outdoor lighting",
        .products = 26,
        .brands = "Sonnenhof|Brightwell|Candela Ridge",
        .nouns = "String Lights|String Light Set",
        .asked = "string lights|fairy lights|patio lights|hanging lights",
        .never = "100-Bulb+Edison|12-Bulb+48 ft.",
        .title = "{brand} {length} {bulbs} {power} {light} {noun}",
        .attributes =
            {
                {"length", "24 ft.|33 ft.|48 ft."},
                {"bulbs", "12-Bulb|24-Bulb|100-Bulb"},
                {"power", "Solar=solar;solar powered|Plug-In=plug in|"
                          "Battery-Operated=battery;battery operated"},
                {"light", "Warm White=warm white|Multicolor=multicolor;colored|"
                          "Edison=edison;vintage"},
            },
    },
    {
        .name = "light bulb",
        .group = "bulbs",
        .products = 36,
        .brands = "Brightwell|Candela Ridge|Lumenor",
        .nouns = "Light Bulb|LED Light Bulb",
        .asked = "light bulb|bulb|lightbulb|bulbs",
        .never = "Candelabra+75-Watt|Candelabra+100-Watt|Edison+Daylight|"
                 "Edison+BR30",
        .title = "{brand} {watts} {shape} {type} {noun} {light} ({pack})",
        .attributes =
            {
                {"watts", "40-Watt Equivalent=40 watt;40w|"
                          "60-Watt Equivalent=60 watt;60w|"
                          "75-Watt Equivalent=75 watt;75w|"
                          "100-Watt Equivalent=100 watt;100w"},
                {"shape", "A19|BR30=br30;flood|Candelabra B11=candelabra;b11|"
                          "G25 Globe=globe;g25"},
                {"type", "Dimmable|Smart=smart;wifi|Vintage Edison="
                         "edison;vintage|Energy Saving"},
                {"light", "Soft White (2700K)=soft white;warm white|"
                          "Daylight (5000K)=daylight|"
                          "Bright White (3000K)=bright white"},
                {"pack", "2-Pack|4-Pack|6-Pack|12-Pack"},
            },
    },
    {
        .name = "flashlight",
        .group = "bulbs",
        .products = 24,
        .brands = "Lumenor|Ironbark|Candela Ridge",
        .nouns = "Flashlight|LED Flashlight",
        .asked = "flashlight|torch|hand torch",
        .title = "{brand} {model} {lumens} {type} {color} {noun}[ ({pack})]",
        .attributes =
            {
                {"lumens", "300-Lumen|500-Lumen|1000-Lumen=1000 lumen;bright"},
                {"type", "Rechargeable|Waterproof|Tactical|Mini=mini;small"},
                {"color", "Black|Red|Yellow|Blue"},
                {"pack", "2-Pack|4-Pack"},
            },
    },
    {
        .name = "extension cord",
        .group = "cords",
        .products = 30,
        .brands = WIRING,
        .nouns = "Extension Cord",
        .asked = "extension cord|power cord|extension lead|extension cable",
        .title = "{brand} {length} {gauge} {place} {noun} in {color}",
        .attributes =
            {
                {"length", "6 ft.|15 ft.|25 ft.|50 ft.|100 ft."},
                {"gauge", "12/3|14/3|16/3"},
                {"place", "Indoor|Outdoor|Heavy-Duty"},
                {"color", "White|Orange|Green|Black|Yellow"},
            },
    },
    {
        .name = "power strip",
        .group = "cords",
        .products = 24,
        .brands = WIRING,
        .nouns = "Power Strip|Surge Protector",
        .asked = "power strip|surge protector|multi plug",
        .title = "{brand} {outlets} {noun} with {length} Cord[ and {with}]"
                 " in {color}",
        .attributes =
            {
                {"outlets", "4-Outlet|6-Outlet|8-Outlet|12-Outlet"},
                {"length", "3 ft.|6 ft.|10 ft."},
                {"with", "USB Ports=with usb|Flat Plug=with flat plug"},
                {"color", "White|Black|Gray=gray;grey"},
            },
    },
    {
        .name = "outlet",
        .group = "wiring devices",
        .products = 26,
        .brands = WIRING,
        .nouns = "Outlet|Duplex Receptacle",
        .asked = "outlet|electrical outlet|wall socket|receptacle",
        .title = "{brand} {model} {amps} {type} {noun} in {color}[ ({pack})]",
        .attributes =
            {
                {"amps", "15-Amp|20-Amp"},
                {"type", "GFCI=gfci;gfi|Tamper-Resistant|USB=usb|"
                         "Weather-Resistant=outdoor;weatherproof"},
                {"color", "White|Ivory|Light Almond=almond|Black|Gray=gray"},
                {"pack", "3-Pack|10-Pack"},
            },
    },
    {
        .name = "light switch",
        .group = "wiring devices",
        .products = 26,
        .brands = WIRING,
        .nouns = "Light Switch|Switch",
        .asked = "light switch|wall switch|switch",
        .title = "{brand} {model} {amps} {poles} {type} {noun} in {color}",
        .attributes =
            {
                {"amps", "15-Amp|20-Amp"},
                {"poles", "Single-Pole|3-Way"},
                {"type", "Dimmer|Rocker=rocker;paddle|Toggle|"
                         "Smart Wi-Fi=smart;wifi|Motion Sensor"},
                {"color", "White|Ivory|Light Almond=almond|Black|Gray=gray"},
            },
    },
    {
        .name = "wall plate",
        .group = "wiring devices",
        .products = 24,
        .brands = WIRING,
        .nouns = "Wall Plate|Switch Plate",
        .asked = "wall plate|switch plate|outlet cover|switch cover",
        .title = "{brand} {gangs} {type} {material} {noun} in {color}"
                 "[ ({pack})]",
        .attributes =
            {
                {"gangs", "1-Gang=1 gang;single|2-Gang=2 gang;double|"
                          "3-Gang=3 gang;triple"},
                {"type", "Toggle|Rocker=rocker;paddle|Duplex|Blank"},
                {"material", "Nylon=plastic|Metal|Ceramic"},
                {"color",
                 "White|Ivory|Brushed Nickel|Oil-Rubbed Bronze=bronze"},
                {"pack", "3-Pack|10-Pack"},
            },
    },
    {
        .name = "electrical wire",
        .group = "wiring",
        .products = 26,
        .brands = "Kupferhof|Amperline",
        .nouns = "Electrical Wire|Building Wire",
        .asked = "electrical wire|wire|copper wire|electric cable",
        .title = "{brand} {length} {gauge} {type} {noun}",
        .attributes =
            {
                {"length", "25 ft.|50 ft.|100 ft.|250 ft."},
                {"gauge", "10/2|12/2|14/2|14/3|6/3"},
                {"type", "Solid NM-B Indoor=nm b;indoor|"
                         "UF-B Underground=underground;outdoor;direct burial|"
                         "Stranded Copper THHN=thhn;stranded"},
            },
    },
    {
        .name = "circuit breaker",
        .group = "wiring",
        .products = 24,
        .brands = WIRING,
        .nouns = "Circuit Breaker|Breaker",
        .asked = "circuit breaker|breaker|fuse box breaker",
        .title = "{brand} {model} {amps} {poles} {type} {noun}",
        .attributes =
            {
                {"amps", "15-Amp|20-Amp|30-Amp|50-Amp"},
                {"poles",
                 "1-Pole=single pole;1 pole|2-Pole=double pole;2 pole"},
                {"type", "Plug-In|GFCI=gfci;gfi|Arc-Fault=arc fault;afci|"
                         "Tandem"},
            },
    },
    {
        .name = "smoke detector",
        .group = "safety",
        .products = 24,
        .brands = "Wachthaus|Sentrive|Amperline",
        .nouns = "Smoke Detector|Smoke Alarm",
        .asked = "smoke detector|smoke alarm|fire alarm",
        .title = "{brand} {model} {power} {type} {noun}[ ({pack})]",
        .attributes =
            {
                {"power", "Battery-Operated=battery;battery operated|"
                          "Hardwired=hardwired;wired|"
                          "10-Year Battery=10 year;10 year battery"},
                {"type", "Photoelectric|Smart=smart;wifi|"
                         "Carbon Monoxide and=carbon monoxide;co|Talking"},
                {"pack", SMALL_PACKS},
            },
    },
    {
        .name = "doorbell",
        .group = "safety",
        .products = 24,
        .brands = "Wachthaus|Sentrive|Brightwell",
        .nouns = "Doorbell|Door Chime",
        .asked = "doorbell|door bell|door chime",
        .title = "{brand} {model} {power} {type} {noun} in {color}",
        .attributes =
            {
                {"power", "Wireless|Wired|Battery-Operated=battery;"
                          "battery operated"},
                {"type", "Video=video;camera|Plug-In|Smart Wi-Fi=smart;wifi"},
                {"color", "White|Black|Satin Nickel=nickel|Bronze"},
            },
    },
};

const department lighting_department = {"lighting", families,
                                        sizeof families / sizeof families[0]};
