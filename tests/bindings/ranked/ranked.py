"""ranked.py: ranked.c in Python. usage: ranked.py FILE"""

import struct
import sys

import libsiamese

QUERIES = ["red couch", "walnt bureau", "desk", "qqqq"]
OFF = {"rerank": False, "spelling": False, "feedback": False}


def bits(*numbers):
    return ["%08x" % struct.unpack("<I", struct.pack("<f", x)) for x in numbers]


def ask(model, **how):
    for q, hits in enumerate(model.search(QUERIES, 5, **how)):
        print(q, hits.corrected or "-")
        sure = hits.confidences or [0.0] * len(hits)
        shares = hits.shares() if how.get("explain") else [()] * len(hits)
        vectors = hits.vector_scores
        for i, (id, score) in enumerate(zip(hits.ids, hits.scores)):
            print(id, *bits(score, vectors[i], sure[i], *shares[i]))


model = libsiamese.Model.load(sys.argv[1])
ask(model)
ask(model, explain=True, collapse_titles=True)
ask(model, feedback=False, spelling=False, min_confidence=0.5)
ask(model, **OFF)
