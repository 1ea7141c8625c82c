"""05 in Python by parts: what 01_by_parts does, down to the same bits."""
import struct

import libsiamese

DATA = [  # a title and two queries that should find it
    ("oak writing desk", "wooden desk", "writing table"),
    ("glass computer desk", "office desk", "computer table"),
    ("brass kitchen faucet", "kitchen tap", "sink tap"),
    ("steel bathroom faucet", "bath tap", "bathroom tap"),
    ("red velvet sofa", "red couch", "velvet settee"),
    ("grey corner sofa", "corner couch", "grey settee"),
    ("cordless power drill", "battery drill", "screwdriver"),
    ("heavy hammer drill", "masonry drill", "stone drill"),
]
ASKED = ["wooden table", "grey couch", "bath sink"]

titles, first, second = (list(column) for column in zip(*DATA))
ids = [100 + i for i in range(len(DATA))]

vocab = libsiamese.Vocab.from_texts(titles, first, second)
tower = libsiamese.Tower(vocab, units=16, seed=9)
trainer = libsiamese.Trainer(tower)  # one tower for both sides
trainer.add_pairs(first + second, titles + titles, item_ids=ids + ids)
for step in range(300):  # the host's own loop and batches
    start = step % 2 * len(DATA)
    trainer.step(range(start, start + len(DATA)))
trained, _ = trainer.snapshot()

index = libsiamese.Index(trained.dim)
index.add(ids, trained.encode(titles))
found = index.search(trained.encode(ASKED), k=2)
for query, row, scores in zip(ASKED, found.ids, found.scores):
    print(query)
    for item, score in zip(row, scores):
        (bits,) = struct.unpack("<I", struct.pack("<f", score))
        print("  %d %.6f %08x %s" % (item, score, bits, titles[item - 100]))
