pub const ITEMS: usize = 8;
pub const PAIRS: usize = 2 * ITEMS;

/// A title and two queries that should find it.
pub const DATA: [[&str; 3]; ITEMS] = [
    ["oak writing desk", "wooden desk", "writing table"],
    ["glass computer desk", "office desk", "computer table"],
    ["brass kitchen faucet", "kitchen tap", "sink tap"],
    ["steel bathroom faucet", "bath tap", "bathroom tap"],
    ["red velvet sofa", "red couch", "velvet settee"],
    ["grey corner sofa", "corner couch", "grey settee"],
    ["cordless power drill", "battery drill", "screwdriver"],
    ["heavy hammer drill", "masonry drill", "stone drill"],
];
pub const ASKED: [&str; 3] = ["wooden table", "grey couch", "bath sink"];
