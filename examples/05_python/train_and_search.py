"""05 in Python: what 01 does, by the package libsiamese, down to the same bits.
first_lines.py is where to begin; by_parts.py does 01_by_parts."""
import struct
import tempfile

import libsiamese

TITLES = [
    "oak writing desk", "glass computer desk", "brass kitchen faucet",
    "steel bathroom faucet", "red velvet sofa", "grey corner sofa",
    "cordless power drill", "heavy hammer drill",
]
QUERIES = [  # two for each title, first one each
    "wooden desk", "office desk", "kitchen tap", "bath tap", "red couch",
    "corner couch", "battery drill", "masonry drill",
    "writing table", "computer table", "sink tap", "bathroom tap",
    "velvet settee", "grey settee", "screwdriver", "stone drill",
]
ASKED = ["wooden table", "grey couch", "bath sink"]

model = libsiamese.Model("default", embedding_dim=64)  # a small one
model.fit(QUERIES, TITLES * 2, items=TITLES, ids=range(100, 108))

with tempfile.NamedTemporaryFile(suffix=".siamese") as file:
    model.save(file.name)
    model = libsiamese.Model.load(file.name)

for query, hits in zip(ASKED, model.search(ASKED, k=2)):
    print(query)
    for hit in hits:
        (bits,) = struct.unpack("<I", struct.pack("<f", hit.score))
        print("  %d %.6f %08x %s" % (hit.id, hit.score, bits, hit.title))
