#!/usr/bin/env python3
"""Training steps in PyTorch, from ids that were computed before the clock runs.

    torch_train.py FILE.csv KIND [--encoding NAME] [--threads 2]

KIND: bilstm       embedding 8 and BiLSTM 8, B256 T15, Adam
      hashed       mean of hashed words and character 3-5-grams, d128 of 2^18
                   rows, B1024: EmbeddingBag with sparse gradients, SparseAdam
      transformer  2 layers d64 h4 f256 T16 B256, post-norm, mean of the tokens
                   that are there, batches as long as their longest text, Adam

One tower for both sides, in-batch softmax (sum). The text work is left out: done
in Python it would only make the peer slower. The better of one thread and
--threads counts. Prints one JSON object.
"""
import argparse
import itertools
import json
import random
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from peer_data import hashed_ids, read_pairs, word_ids

parser = argparse.ArgumentParser()
parser.add_argument("csv")
parser.add_argument("kind", choices=("bilstm", "hashed", "transformer"))
parser.add_argument("--encoding", default="utf-8")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--steps", type=int, default=25)
a = parser.parse_args()
torch.manual_seed(0)
WARM, VOCABULARY, BUCKETS = 5, 1000, 1 << 18


def padded(rows, length=None):
    """[rows][length] of ids, 0 behind; as long as the longest without length."""
    length = length or max(1, max(map(len, rows)))
    return torch.tensor([r[:length] + [0] * (length - len(r)) for r in rows])


class BiLSTM(nn.Module):
    batch, length = 256, 15

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(VOCABULARY + 1, 8)
        self.lstm = nn.LSTM(8, 8, batch_first=True, bidirectional=True)

    def forward(self, ids):
        state = self.lstm(self.table(ids))[1][0]
        return torch.cat([state[0], state[1]], 1)

    def inputs(self, rows):
        return (padded(rows, self.length),)

    def optimizer(self):
        return torch.optim.Adam(self.parameters(), 1e-3, eps=1e-7, fused=True)


class Hashed(nn.Module):
    batch = 1024

    def __init__(self):
        super().__init__()
        self.bag = nn.EmbeddingBag(BUCKETS, 128, mode="mean", sparse=True)

    def forward(self, ids, offsets):
        return self.bag(ids, offsets)

    def inputs(self, rows):
        ends = [0] + list(itertools.accumulate(map(len, rows)))
        return (torch.tensor(list(itertools.chain(*rows))),
                torch.tensor(ends[:-1]))

    def optimizer(self):
        return torch.optim.SparseAdam(list(self.parameters()), 1e-3, eps=1e-7)


class Transformer(nn.Module):
    batch, length = 256, 16

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(VOCABULARY + 1, 64)
        self.places = nn.Parameter(0.02 * torch.randn(self.length, 64))
        self.norm = nn.LayerNorm(64)
        layer = nn.TransformerEncoderLayer(64, 4, 256, dropout=0.0,
                                           activation="gelu", batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 2)

    def forward(self, ids):
        pads = ids == 0
        x = self.norm(self.table(ids) + self.places[:ids.shape[1]])
        x = self.layers(x, src_key_padding_mask=pads)
        real = (~pads).unsqueeze(2).to(x.dtype)
        return (x * real).sum(1) / real.sum(1).clamp(min=1)

    def inputs(self, rows):
        # a text without words would be all pads, which attention cannot have
        return (padded([r[:self.length] or [1] for r in rows]),)

    def optimizer(self):
        return torch.optim.Adam(self.parameters(), 1e-3, eps=1e-7, fused=True)


model = {"bilstm": BiLSTM, "hashed": Hashed,
         "transformer": Transformer}[a.kind]()
queries, titles, _ = read_pairs(a.csv, a.encoding)
order = list(range(len(queries)))
random.Random(1).shuffle(order)
order = order[:(WARM + a.steps) * model.batch]
queries, titles = [queries[i] for i in order], [titles[i] for i in order]
if a.kind == "hashed":
    queries, titles = hashed_ids(queries, BUCKETS), hashed_ids(titles, BUCKETS)
else:
    queries, titles = word_ids(queries, titles, VOCABULARY, model.length)
size = min(model.batch, len(queries))
batches = [(model.inputs(queries[i:i + size]), model.inputs(titles[i:i + size]))
           for i in range(0, len(queries) - size + 1, size)]

optimizer = model.optimizer()
wanted = torch.arange(size)


def median_step():
    seconds = []
    for step in range(WARM + a.steps):
        query, title = batches[step % len(batches)]
        begin = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        logits = model(*query) @ model(*title).T
        F.cross_entropy(logits, wanted, reduction="sum").backward()
        optimizer.step()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds[WARM:])


# Small steps are sometimes faster on one thread.
medians = {}
for threads in sorted({1, a.threads}):
    torch.set_num_threads(threads)
    medians[threads] = median_step()
threads = min(medians, key=medians.get)
print(json.dumps({"peer": "PyTorch " + torch.__version__, "kind": a.kind,
                  "threads": threads, "pairs_per_s": size / medians[threads],
                  "step_ms_median": 1e3 * medians[threads]}))
