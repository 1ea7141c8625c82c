#!/usr/bin/env python3
"""A StaticEmbedding of sentence-transformers, trained as the preset default is.

    static_embedding.py FOLDER RUN [--epochs 15] [--threads 2]

FOLDER is one of split_by_query.py. 384 numbers for each token of a Unigram tokenizer
that is trained on the catalogue; MultipleNegativesRankingLoss, batches of 2,048,
rate 0.2, all else as the package has it. Each epoch has the pairs of query and title
and, of every item, a fragment of its title with the title: 1 to 5 of its words,
neighbours as often as any in their order. Texts are ready before the clock runs;
tokens, as on our side, are made while it does.

Writes the 100 best items of each validation query, by cosine, to RUN (TREC), and
prints one JSON object.
"""
import argparse
import csv
import html
import json
import os
import random
import resource
import tempfile
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import sentence_transformers
import torch
from datasets import Dataset
from sentence_transformers import (SentenceTransformer,
                                   SentenceTransformerTrainer,
                                   SentenceTransformerTrainingArguments)
from sentence_transformers.base.sampler import DefaultBatchSampler
from sentence_transformers.sentence_transformer.losses import (
    MultipleNegativesRankingLoss)
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch.utils.data import SequentialSampler
from transformers import PrinterCallback, TrainerCallback

from peer_data import read_pairs

FOUND, LONGEST = 100, 5

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("run")
parser.add_argument("--epochs", type=int, default=15)
parser.add_argument("--batch", type=int, default=2048)
parser.add_argument("--rate", type=float, default=0.2)
parser.add_argument("--pieces", type=int, default=16000)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--seed", type=int, default=1)
a = parser.parse_args()
torch.set_num_threads(a.threads)
os.environ["RAYON_NUM_THREADS"] = str(a.threads)


def path(name):
    return os.path.join(a.folder, name)


def tokenizer_of(texts):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(),
         normalizers.StripAccents()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Metaspace()])
    trainer = trainers.UnigramTrainer(
        vocab_size=a.pieces, unk_token="[UNK]", special_tokens=["[UNK]"],
        show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def fragment(text, draw):
    words = text.split()
    count = draw.randint(1, min(LONGEST, len(words)))
    if draw.random() < 0.5:
        first = draw.randint(0, len(words) - count)
        return " ".join(words[first:first + count])
    return " ".join(words[i] for i in
                    sorted(draw.sample(range(len(words)), count)))


def epochs_of(queries, titles, catalogue):
    """The pairs of all epochs one behind the other, each shuffled by itself."""
    draw, anchors, positives = random.Random(a.seed), [], []
    with_words = [title for title in catalogue if title.split()]
    for _ in range(a.epochs):
        epoch = list(zip(queries, titles))
        epoch += [(fragment(title, draw), title) for title in with_words]
        draw.shuffle(epoch)
        anchors += [query for query, _ in epoch]
        positives += [title for _, title in epoch]
    return Dataset.from_dict({"anchor": anchors, "positive": positives})


def in_order(dataset, batch_size, drop_last, **_):
    return DefaultBatchSampler(SequentialSampler(dataset),
                               batch_size=batch_size, drop_last=drop_last)


class Clock(TrainerCallback):
    """From the first batch to the last update."""

    def on_train_begin(self, *_, **__):
        self.begin = time.perf_counter()

    def on_train_end(self, *_, **__):
        self.seconds = time.perf_counter() - self.begin


def train(model, pairs):
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=folder, num_train_epochs=1, seed=a.seed,
            per_device_train_batch_size=a.batch, learning_rate=a.rate,
            batch_sampler=in_order, use_cpu=True, save_strategy="no",
            logging_strategy="no", report_to="none", disable_tqdm=True)
        trainer = SentenceTransformerTrainer(
            model=model, args=arguments, train_dataset=pairs,
            loss=MultipleNegativesRankingLoss(model), callbacks=[clock])
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return clock.seconds


def search(model, ids, catalogue, queries):
    """Lines of a TREC run."""
    items = model.encode(catalogue, batch_size=1024, normalize_embeddings=True)
    vectors = model.encode([text for _, text in queries], batch_size=1024,
                           normalize_embeddings=True)
    for (qid, _), vector in zip(queries, vectors):
        scores = items @ vector
        best = np.argsort(-scores, kind="stable")[:FOUND]
        for rank, row in enumerate(best, 1):
            yield f"{qid} Q0 {ids[row]} {rank} {scores[row]:.8g} peer\n"


with open(path("items.csv"), encoding="utf-8", newline="") as file:
    ids, catalogue = zip(*list(csv.reader(file))[1:])
with open(path("queries.valid.tsv"), encoding="utf-8") as file:
    queries = [line.rstrip("\n").split("\t", 1) for line in file]
queries = [(qid, html.unescape(text)) for qid, text in queries]
catalogue = [html.unescape(title) for title in catalogue]
given = [[html.unescape(text) for text in texts]
         for texts in read_pairs(path("train.csv"), "utf-8")[:2]]

torch.manual_seed(a.seed)
tokenizer = tokenizer_of(catalogue)
model = SentenceTransformer(
    modules=[StaticEmbedding(tokenizer, embedding_dim=384)], device="cpu")
pairs = epochs_of(*given, catalogue)
seconds = train(model, pairs)
with open(a.run, "w", encoding="utf-8") as file:
    file.writelines(search(model, ids, catalogue, queries))
print(json.dumps({
    "peer": "sentence-transformers " + sentence_transformers.__version__,
    "torch": torch.__version__, "tokens": tokenizer.get_vocab_size(),
    "pairs": len(pairs), "epochs": a.epochs, "threads": torch.get_num_threads(),
    "train_s": seconds, "pairs_per_s": len(pairs) / seconds,
    "peak_memory_bytes":
        1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
