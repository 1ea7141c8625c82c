/* Tools, workshop and hardware. */
#include "families.h"

#define POWER "Kestrelworks|Ironbark|Motorgård|Takarada"
#define HAND "Ironbark|Messerberg|Calloway Forge|Takarada"
#define FIX "Gripwell|Calloway Forge|Stahlmann & Co."
#define VOLTS "12-Volt|18-Volt|20-Volt"
#define DRIVE "Cordless|Corded=corded;electric"

static const family families[] = {
    {
        .name = "cordless drill",
        .group = "power tools",
        .products = 34,
        .brands = POWER,
        .nouns = "Cordless Drill|Drill/Driver|Drill",
        .asked = "cordless drill|drill|drill driver|power drill",
        .title = "{brand} {model} {volts} {chuck} {type} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"volts", VOLTS},
                {"chuck", "3/8 in.|1/2 in."},
                {"type", "Brushless|Hammer|Compact=compact;small|Right Angle"},
                {"with", "2 Batteries and Charger=with battery;"
                         "with 2 batteries|Case=with case|"
                         "Bit Set=with bits"},
            },
    },
    {
        .name = "impact wrench",
        .group = "power tools",
        .products = 26,
        .brands = POWER,
        .nouns = "Impact Wrench|Impact Driver",
        .asked = "impact wrench|impact driver|impact gun",
        .title = "{brand} {model} {volts} {drive} {type} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"volts", VOLTS},
                {"drive", "1/4 in.|3/8 in.|1/2 in.|3/4 in."},
                {"type", "Brushless|High-Torque|Compact=compact;small"},
                {"with", "Battery and Charger=with battery|Case=with case|"
                         "Socket Set=with sockets"},
            },
    },
    {
        .name = "circular saw",
        .group = "power saws",
        .products = 26,
        .brands = POWER,
        .nouns = "Circular Saw",
        .asked = "circular saw|skill saw|wood saw",
        .title = "{brand} {model} {blade} {power} {type} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"blade", "5-1/2 in.|6-1/2 in.|7-1/4 in."},
                {"power", DRIVE},
                {"type", "Worm Drive|Sidewinder|Brushless|Track"},
                {"with", "Laser Guide=with laser|Battery=with battery|"
                         "Carrying Bag=with bag"},
            },
    },
    {
        .name = "miter saw",
        .group = "power saws",
        .products = 24,
        .brands = POWER,
        .nouns = "Miter Saw",
        .asked = "miter saw|mitre saw|chop saw",
        .title = "{brand} {model} {blade} {amps} {type} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"blade", "7-1/4 in.|8-1/2 in.|10 in.|12 in."},
                {"amps", "10-Amp|15-Amp"},
                {"type", "Sliding Compound=sliding;compound|"
                         "Single Bevel|Dual Bevel|45° Bevel=45 degree"},
                {"with", "Stand=with stand|Laser Guide=with laser|"
                         "Dust Bag=with dust bag"},
            },
    },
    {
        .name = "jigsaw",
        .group = "power saws",
        .products = 24,
        .brands = POWER,
        .nouns = "Jigsaw|Jig Saw",
        .asked = "jigsaw|jig saw|sabre saw",
        .title = "{brand} {model} {power} {speed} {noun}[ with {with}]",
        .attributes =
            {
                {"power", "Cordless 18-Volt=cordless;18 volt|"
                          "Cordless 20-Volt=cordless;20 volt|"
                          "5-Amp Corded=corded;5 amp|"
                          "7-Amp Corded=corded;7 amp"},
                {"speed", "Variable Speed|Orbital|Barrel-Grip"},
                {"with", "Blade Set=with blades|Case=with case|"
                         "LED Light=with light"},
            },
    },
    {
        .name = "sander",
        .group = "power tools",
        .products = 24,
        .brands = POWER,
        .nouns = "Sander",
        .asked = "sander|sanding machine|power sander",
        .never = "Belt+5 in.|Belt+6 in.|Orbital+3 in.",
        .title = "{brand} {model} {size} {power} {type} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"size", "3 in.|5 in.|6 in."},
                {"power", DRIVE},
                {"type", "Random Orbital=orbital;random orbit|Belt|"
                         "Detail=detail;corner|Disc"},
                {"with", "Dust Bag=with dust bag|Sandpaper=with sandpaper|"
                         "Case=with case"},
            },
    },
    {
        .name = "air compressor",
        .group = "power tools",
        .products = 26,
        .brands = POWER,
        .nouns = "Air Compressor",
        .asked = "air compressor|compressor|air pump",
        .never = "Pancake+20 Gal.|Pancake+60 Gal.|Portable+60 Gal.|"
                 "Stationary+ 1 Gal.|Stationary+ 6 Gal.|Stationary+Wheels|"
                 "60 Gal.+Nailer|60 Gal.+Wheels",
        .title = "{brand} {model} {size} {psi} {type} {noun}[ with {with}]",
        .attributes =
            {
                {"size", "1 Gal.=1 gal;small|6 Gal.=6 gal|20 Gal.=20 gal|"
                         "60 Gal.=60 gal;large"},
                {"psi", "125 PSI|150 PSI|175 PSI"},
                {"type", "Pancake|Oil-Free|Quiet=quiet;silent|Portable|"
                         "Stationary"},
                {"with", "Hose=with hose|Nailer Kit=with nailer|"
                         "Wheels=with wheels"},
            },
    },
    {
        .name = "nail gun",
        .group = "power tools",
        .products = 24,
        .brands = POWER,
        .nouns = "Nailer|Nail Gun",
        .asked = "nail gun|nailer|nailgun",
        .never = "Framing+18-Gauge|Framing+23-Gauge|Roofing+18-Gauge|"
                 "Roofing+23-Gauge|Brad+15-Gauge|Flooring+23-Gauge",
        .title = "{brand} {model} {gauge} {power} {type} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"gauge", "15-Gauge|16-Gauge|18-Gauge|23-Gauge"},
                {"power", "Pneumatic=pneumatic;air|18-Volt Cordless=cordless;"
                          "battery"},
                {"type", "Brad|Framing|Finish|Flooring|Roofing"},
                {"with", "Case=with case|2,000 Nails=with nails"},
            },
    },
    {
        .name = "shop vac",
        .group = "workshop",
        .products = 24,
        .brands = POWER,
        .nouns = "Wet/Dry Vac|Shop Vacuum",
        .asked = "shop vac|wet dry vac|shop vacuum|workshop vacuum",
        .never = "16 Gal.+2 HP|16 Gal.+Cordless|2-1/2 Gal.+6-1/2 HP",
        .title = "{brand} {size} {power} {noun}[ with {with}]",
        .attributes =
            {
                {"size", "2-1/2 Gal.=2.5 gal;small|5 Gal.=5 gal|"
                         "9 Gal.=9 gal|16 Gal.=16 gal;large"},
                {"power", "2 HP|4 HP|5 HP|6-1/2 HP=6.5 hp|"
                          "18-Volt Cordless=cordless"},
                {"with", "Blower=with blower|Hose and Filter=with filter;"
                         "with hose|Cart=with cart"},
            },
    },
    {
        .name = "hammer",
        .group = "hand tools",
        .products = 24,
        .brands = HAND,
        .nouns = "Hammer",
        .asked = "hammer|hammers|claw hammer",
        .never = "Rubber+Claw|Brass+Claw|Rubber+Framing|Brass+Framing|"
                 "Rubber+Ball|Titanium+Sledge|3 lb.+Claw|3 lb.+Framing|"
                 "3 lb.+Ball|12 oz.+Sledge|16 oz.+Sledge|20 oz.+Sledge|"
                 "12 oz.+Framing",
        .title = "{brand} {weight} {material} {type} {noun} with {with}",
        .attributes =
            {
                {"weight", "12 oz.|16 oz.|20 oz.|3 lb."},
                {"material", "Steel|Titanium|Rubber|Brass"},
                {"type", "Curved Claw=claw;curved claw|Framing=framing;"
                         "rip claw|Ball Peen|Sledge"},
                {"with", "Wood Handle=with wood handle|"
                         "Fiberglass Handle=with fiberglass handle|"
                         "Steel Handle=with metal handle"},
            },
    },
    {
        .name = "screwdriver set",
        .group = "hand tools",
        .products = 24,
        .brands = HAND,
        .nouns = "Screwdriver Set",
        .asked = "screwdriver set|screwdrivers|screw driver|turnscrew",
        .title = "{brand} {pieces} {type} {head} {noun}[ with {with}]",
        .attributes =
            {
                {"pieces", "6-Piece|8-Piece|10-Piece|20-Piece"},
                {"type", "Magnetic|Insulated|Precision=precision;small|"
                         "Ratcheting|Stubby=stubby;short"},
                {"head", "Phillips and Slotted=phillips;flat head|Torx=torx;"
                         "star|Multi-Bit=multi bit"},
                {"with", "Rack=with rack|Case=with case|Pouch=with pouch"},
            },
    },
    {
        .name = "wrench set",
        .group = "hand tools",
        .products = 26,
        .brands = HAND,
        .nouns = "Wrench Set|Socket Set",
        .asked = "wrench set|spanner set|socket set|wrenches",
        .title = "{brand} {pieces} {drive} {units} {type} {noun}"
                 "[ with {with}]",
        .attributes =
            {
                {"pieces", "12-Piece|20-Piece|40-Piece|120-Piece"},
                {"drive", "1/4 in. Drive=1/4 in|3/8 in. Drive=3/8 in|"
                          "1/2 in. Drive=1/2 in"},
                {"units", "SAE|Metric|SAE/Metric=sae metric;metric"},
                {"type", "Ratcheting|Combination|Deep|Impact"},
                {"with", "Case=with case|Rolling Pouch=with pouch"},
            },
    },
    {
        .name = "pliers",
        .group = "hand tools",
        .products = 24,
        .brands = HAND,
        .nouns = "Pliers",
        .asked = "pliers|plyers|pincers",
        .title = "{brand} {size} {type} {noun} with {with}[ ({pack})]",
        .attributes =
            {
                {"size", "6 in.|8 in.|10 in.|12 in."},
                {"type", "Needle-Nose|Locking=locking;vise grip|"
                         "Tongue and Groove=tongue and groove;channel lock|"
                         "Lineman's=lineman|Slip-Joint|Cutting=cutting;wire "
                         "cutting"},
                {"with", "Cushion Grip=with soft grip|"
                         "Insulated Handles=insulated"},
                {"pack", "2-Pack|3-Pack"},
            },
    },
    {
        .name = "tape measure",
        .group = "measuring",
        .products = 24,
        .brands = HAND,
        .nouns = "Tape Measure|Measuring Tape",
        .asked = "tape measure|measuring tape|tape ruler",
        .never = "100 ft.+Auto-Lock|12 ft.+Fiberglass",
        .title = "{brand} {length} x {width} {type} {noun}[ with {with}]",
        .attributes =
            {
                {"length", "12 ft.|16 ft.|25 ft.|30 ft.|100 ft."},
                {"width", "3/4 in.|1 in.|1-1/4 in."},
                {"type", "Magnetic|Auto-Lock=auto lock;self locking|"
                         "Fiberglass|Stainless=stainless steel;stainless"},
                {"with", "Metric Scale=with metric;metric|Belt Clip="
                         "with clip|LED Light=with light"},
            },
    },
    {
        .name = "level",
        .group = "measuring",
        .products = 24,
        .brands = HAND,
        .nouns = "Level|Spirit Level",
        .asked = "level|spirit level|levels|bubble level",
        .never = "Laser+Wood|Laser+48 in.|Laser+72 in.|Torpedo+24 in.|"
                 "Torpedo+48 in.|Torpedo+72 in.|Box Beam+ 9 in.|"
                 "Box Beam+Wood|Box Beam+Plastic|Digital+Wood",
        .title = "{brand} {length} {material} {type} {noun}",
        .attributes =
            {
                {"length", "9 in.|24 in.|48 in.|72 in."},
                {"material", "Aluminum|Wood|Plastic"},
                {"type", "Box Beam|Torpedo=torpedo;small|"
                         "Cross-Line Laser=laser;cross line|"
                         "360° Laser=laser;360 degree|Magnetic|Digital"},
            },
    },
    {
        .name = "ladder",
        .group = "workshop",
        .products = 28,
        .brands = "Ironbark|Kastell Werk|Skyrung",
        .nouns = "Ladder",
        .asked = "ladder|ladders|stepladder|step ladder",
        .never = "Step+16 ft.|Step+24 ft.|Platform+16 ft.|Platform+24 ft.|"
                 "Extension+ 4 ft.|Extension+ 6 ft.|Extension+ 8 ft.|"
                 "Multi-Position+24 ft.|Wood+Telescoping|Wood+24 ft.",
        .title = "{brand} {height} {material} {type} {noun}, {load}",
        .attributes =
            {
                {"height", "4 ft.|6 ft.|8 ft.|16 ft.|24 ft."},
                {"material", "Aluminum|Fiberglass|Wood=wood;wooden|Steel"},
                {"type", "Step|Extension|Multi-Position=multi position;folding|"
                         "Telescoping=telescoping;telescopic|Platform"},
                {"load", "225 lb. Capacity=225 lb|250 lb. Capacity=250 lb|"
                         "300 lb. Capacity=300 lb;heavy duty"},
            },
    },
    {
        .name = "tool box",
        .group = "workshop",
        .products = 28,
        .brands = "Ironbark|Kastell Werk|Stowell",
        .nouns = "Tool Box|Tool Chest",
        .asked = "tool box|toolbox|tool chest|tool storage",
        .never = "Truck+16 in.|Truck+22 in.|Portable+52 in.|"
                 "Rolling+16 in.|Portable+9-Drawer|16 in.+5-Drawer|"
                 "16 in.+9-Drawer|Stackable+52 in.",
        .title = "{brand} {size} {drawers} {material} {type} {noun} in "
                 "{color}",
        .attributes =
            {
                {"size", "16 in.|22 in.|26 in.|52 in."},
                {"drawers", "2-Drawer|5-Drawer|9-Drawer"},
                {"material", "Steel=steel;metal|Plastic|Aluminum"},
                {"type", "Rolling=rolling;with wheels|Portable|Stackable|"
                         "Truck=truck;truck bed"},
                {"color", "Red|Black|Gray=gray;grey|Blue"},
            },
    },
    {
        .name = "drill bit",
        .group = "bits and blades",
        .products = 28,
        .brands = HAND,
        .nouns = "Drill Bit Set|Drill Bit",
        .asked = "drill bit|drill bits|bit set",
        .never = "Set+1-Piece|Spade+1/8 in.|Step+1/8 in.",
        .title = "{brand} {size} {material} {type} {noun} ({pieces})",
        .attributes =
            {
                {"size", "1/8 in.|1/4 in.|3/8 in.|1/2 in.|1 in."},
                {"material", "Titanium|Cobalt|Carbide|Black Oxide"},
                {"type", "Twist|Masonry=masonry;concrete|Spade=spade;paddle|"
                         "Step|Wood=wood;brad point"},
                {"pieces", "1-Piece=single|5-Piece|13-Piece|21-Piece"},
            },
    },
    {
        .name = "saw blade",
        .group = "bits and blades",
        .products = 26,
        .brands = HAND,
        .nouns = "Saw Blade|Circular Saw Blade",
        .asked = "saw blade|blade|saw blades",
        .never = "Diamond+Framing|Diamond+Finishing|Diamond+Ripping|"
                 "Diamond+Metal|Steel+Tile|Carbide+Tile|Framing+80-Tooth",
        .title = "{brand} {size} {teeth} {material} {use} {noun}",
        .attributes =
            {
                {"size", "6-1/2 in.|7-1/4 in.|10 in.|12 in."},
                {"teeth", "24-Tooth|40-Tooth|60-Tooth|80-Tooth"},
                {"material", "Carbide|Diamond|High-Speed Steel=steel"},
                {"use", "Framing|Finishing=finish;fine|Metal-Cutting=metal|"
                        "Tile=tile;wet|Ripping=rip;ripping"},
            },
    },
    {
        .name = "screws",
        .group = "fasteners",
        .products = 32,
        .brands = FIX,
        .nouns = "Screws|Wood Screws",
        .asked = "screws|wood screws|screw|fasteners",
        .never = "Wood Screws+Drywall|Wood Screws+Sheet|Brass+Drywall|"
                 "Brass+Sheet|Brass+Self|Pan-Head+Deck|Pan-Head+Drywall|"
                 "Stainless+Drywall",
        .title = "{brand} {size} {material} {head} {use} {noun} ({pack})",
        .attributes =
            {
                {"size", "#6 x 1 in.=1 in|#8 x 1-1/4 in.=1 1/4 in|"
                         "#8 x 2 in.=2 in|#9 x 3 in.=3 in|"
                         "#10 x 3-1/2 in.=3 1/2 in"},
                {"material", "Stainless Steel=stainless;stainless steel|"
                             "Zinc=zinc|Brass|Coated=coated"},
                {"head", "Flat-Head|Pan-Head|Star-Drive=star;torx"},
                {"use", "Deck=deck;exterior|Drywall|Cabinet|Sheet Metal|"
                        "Self-Drilling=self drilling;self tapping"},
                {"pack", "50-Pack|100-Pack|1 lb. Box=1 lb|5 lb. Box=5 lb"},
            },
    },
    {
        .name = "nails",
        .group = "fasteners",
        .products = 26,
        .brands = FIX,
        .nouns = "Nails",
        .asked = "nails|nail|brads",
        .never = "Copper+Framing|Copper+Finish|Copper+Masonry|"
                 "Masonry+1 in.",
        .title = "{brand} {size} {material} {type} {noun} ({pack})",
        .attributes =
            {
                {"size", "1 in.|1-1/2 in.=1 1/2 in|2 in.|2-1/2 in.=2 1/2 in|"
                         "3-1/2 in.=3 1/2 in;16d"},
                {"material", "Galvanized|Bright Steel=steel|"
                             "Stainless Steel=stainless;stainless steel|"
                             "Copper"},
                {"type", "Framing|Finish|Roofing|Masonry=masonry;concrete|"
                         "Siding"},
                {"pack", "1 lb. Box=1 lb|5 lb. Box=5 lb|30 lb. Box=30 lb"},
            },
    },
    {
        .name = "anchors",
        .group = "fasteners",
        .products = 24,
        .brands = FIX,
        .nouns = "Wall Anchors|Anchors with Screws",
        .asked = "wall anchors|anchors|drywall anchor|wall plugs",
        .never = "Plastic+250 lb.|Plastic+Wedge|Nylon+Wedge|Plastic+Toggle",
        .title = "{brand} {size} {material} {type} {noun}, {load} ({pack})",
        .attributes =
            {
                {"size", "1/8 in.|3/16 in.|1/4 in.|3/8 in."},
                {"material", "Plastic|Zinc=zinc;metal|Nylon|Steel"},
                {"type", "Self-Drilling|Toggle=toggle;toggle bolt|Sleeve|"
                         "Concrete Wedge=concrete;wedge;masonry"},
                {"load", "50 lb.|75 lb.|100 lb.|250 lb.=250 lb;heavy duty"},
                {"pack", "4-Pack|10-Pack|25-Pack|50-Pack"},
            },
    },
};

const department tools_department = {"tools", families,
                                     sizeof families / sizeof families[0]};
