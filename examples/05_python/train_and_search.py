"""05 in Python: what 01 does, through ctypes. Run: python3 train_and_search.py
"""
import struct
from ctypes import byref, c_int64, c_size_t, create_string_buffer, sizeof

from siamese_ctypes import Handle, Pairs, call, floats, texts

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
ITEMS, PAIRS, STEPS, DIM, K = 8, 16, 300, 32, 2

titles = texts([row[0] for row in DATA] * 2)  # first queries, then second
queries = texts([row[1] for row in DATA] + [row[2] for row in DATA])
ids = (c_int64 * PAIRS)(*[100 + i % ITEMS for i in range(PAIRS)])
batches = [(c_size_t * ITEMS)(*range(first, first + ITEMS))
           for first in (0, ITEMS)]

vocab = Handle("vocab")
call("vocab_create", byref(vocab), None)
call("vocab_add", vocab, titles, ITEMS)
call("vocab_add", vocab, queries, PAIRS)
call("vocab_finish", vocab)

# Options by name: the layout of their struct stays the library's own business.
options = create_string_buffer(1024)
call("tower_options_init", options, len(options))
call("tower_options_set", options, b"units", b"16")
call("tower_options_set", options, b"seed", b"9")
tower, trained = Handle("tower"), Handle("tower")
call("tower_create", byref(tower), options)
call("tower_add_field", tower, b"title", vocab, None)

trainer = Handle("trainer")
call("trainer_create", byref(trainer), tower, tower, None)
call("trainer_add_pairs", trainer, byref(Pairs(
    sizeof(Pairs), queries, titles, 1, 1, ids, None, None, PAIRS)))
for step in range(STEPS):  # the host's own loop and batches
    call("trainer_step", trainer, batches[step % 2], ITEMS, None)
call("trainer_snapshot", trainer, byref(trained), None)

_, vectors = floats(ITEMS * DIM)
scores, scores_in_c = floats(len(ASKED) * K)
found = (c_int64 * (len(ASKED) * K))()
index = Handle("index")
call("tower_encode", trained, titles, ITEMS, 1, vectors, ITEMS * DIM)
call("index_create", byref(index), DIM, None)
call("index_add", index, ids, vectors, ITEMS)
call("tower_encode", trained, texts(ASKED), len(ASKED), 1, vectors, ITEMS * DIM)
call("index_search", index, vectors, len(ASKED), K, None, found, scores_in_c,
     len(found), None)
for i, (item, score) in enumerate(zip(found, scores)):
    if i % K == 0:
        print(ASKED[i // K])
    bits, = struct.unpack("<I", struct.pack("<f", score))
    print("  %d %.6f %08x %s" % (item, score, bits, DATA[item - 100][0]))
