#!/usr/bin/env python3
"""The evaluator and `siamese eval` against another scorer, on one collection.

usage: compare.py LIBRARY COMMAND EVALUATE.py SPLIT [MODEL]

LIBRARY and COMMAND are libsiamese.so and siamese; EVALUATE.py is imported, so
that its figures come without its rounding; SPLIT is a folder as split.py makes
it. Vectors are random ones, random ones whose products are exact in float32
(then every score has the same bits everywhere, and many are equal), and, with
MODEL, those of its towers. Prints the largest difference of each comparison and
fails if one that must agree is above 1e-9.
"""
import csv, ctypes as c, importlib.util, json, math, os, subprocess, sys, tempfile
import numpy as np

KS = [10, 100]
RECALL, PRECISION, HIT, MRR, MAP, NDCG, NDCG_BINARY, WIDTH = range(8)
TOLERANCE = 1e-9


class Judgements(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("queries", c.c_size_t),
                ("offsets", c.c_void_p), ("ids", c.c_void_p), ("grades", c.c_void_p)]


class Vectors(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("dim", c.c_size_t), ("queries", c.c_void_p),
                ("items", c.c_void_p), ("item_ids", c.c_void_p), ("item_count", c.c_size_t)]


class Rankings(c.Structure):
    _fields_ = [("struct_size", c.c_size_t), ("depth", c.c_size_t), ("ids", c.c_void_p),
                ("found", c.c_void_p)]


class Evaluator:
    """siamese_evaluator over the judgements {row: grade} of each query."""

    def __init__(self, library, **options):
        self.lib = library
        block = c.create_string_buffer(256)
        self.check(self.lib.siamese_evaluator_options_init(block, c.c_size_t(256)))
        for name, value in options.items():
            self.check(self.lib.siamese_evaluator_options_set(
                block, name.encode(), str(value).encode()))
        self.handle, ks = c.c_void_p(), (c.c_size_t * len(KS))(*KS)
        self.check(self.lib.siamese_evaluator_create(
            c.byref(self.handle), block, ks, c.c_size_t(len(KS))))

    def check(self, status):
        if status:
            self.lib.siamese_last_error.restype = c.c_char_p
            raise SystemExit(self.lib.siamese_last_error().decode())

    def add(self, qrels, function, argument):
        offsets = np.cumsum([0] + [len(q) for q in qrels]).astype(np.uintp)
        ids = np.array([r for q in qrels for r in q], np.int64)
        grades = np.array([g for q in qrels for g in q.values()], np.float64)
        j = Judgements(c.sizeof(Judgements), len(qrels), offsets.ctypes.data,
                       ids.ctypes.data, grades.ctypes.data)
        self.check(getattr(self.lib, function)(
            self.handle, c.byref(j), c.byref(argument), None, c.c_size_t(0)))

    def means(self):
        out = (c.c_double * (len(KS) * WIDTH))()
        self.check(self.lib.siamese_evaluator_get_means(
            self.handle, out, c.c_size_t(len(out)), None))
        self.lib.siamese_evaluator_free(self.handle)
        return np.array(out).reshape(len(KS), WIDTH)


def figures(library, data, evaluate, function, argument, **options):
    """evaluate.py's keys from the library."""
    def run(qrels, **more):
        e = Evaluator(library, **{**options, **more})
        e.add(qrels, function, argument)
        return e.means()

    def keep(wanted):
        return [{r: g for r, g in data.qrels[q].items() if wanted(n, r)}
                for n, q in enumerate(data.qids)]
    everything = keep(lambda n, r: True)
    means = run(everything, relevant=evaluate.RELEVANT)
    out = {"Recall@10": means[0, RECALL], "Recall@100": means[1, RECALL],
           "MRR@10": means[0, MRR], "Hit@10": means[0, HIT]}
    reranked = run(everything, relevant=evaluate.RELEVANT, judged_only=1, gain_zero=1)
    out["rerank_nDCG@10"] = reranked[0, NDCG]
    queries = [set(evaluate.tokens(q)) for q in data.queries]
    slices = {"no_overlap_": lambda n, r: not queries[n] & set(evaluate.tokens(data.titles[r])),
              "unseen_": lambda n, r: r not in data.seen}
    for prefix, wanted in slices.items():
        means = run(keep(wanted), relevant=evaluate.RELEVANT)
        out[prefix + "Recall@100"] = means[1, RECALL]
        out[prefix + "Hit@10"] = means[0, HIT]
    return out


def by_vectors(library, data, evaluate, items, queries, **options):
    v = Vectors(c.sizeof(Vectors), items.shape[1], queries.ctypes.data, items.ctypes.data,
                None, len(items))
    return figures(library, data, evaluate, "siamese_evaluator_add_vectors", v, **options)


def by_rankings(library, data, evaluate, rankings):
    r = Rankings(c.sizeof(Rankings), rankings.shape[1], rankings.ctypes.data, None)
    return figures(library, data, evaluate, "siamese_evaluator_add_rankings", r)


def by_numpy(items, queries, k):
    """All rows of each query, best first, from the scores that evaluate.py computes."""
    for i in range(0, len(queries), 64):
        for scores in queries[i:i + 64] @ items.T:
            yield np.lexsort((np.arange(len(items)), -scores))[:k]


def compare(name, got, want, tolerance=TOLERANCE):
    worst = max(abs(got[k] - want[k]) for k in got)
    print("%-50s Recall@10 %.4f, %d figures, largest difference %.3g" % (
        name, want["Recall@10"], len(got), worst))
    ok = worst <= tolerance
    if not ok:
        for k in got:
            print("    %-22s %.12f %.12f" % (k, got[k], want[k]))
    return ok


def command_figures(command, split, *options):
    j = lambda name: os.path.join(split, name)
    out = subprocess.run(
        [command, "eval", "--items", j("items.csv"), "--queries", j("queries.test.tsv"),
         "--qrels", j("qrels.test.txt"), "--train", j("train.csv"), "--slices",
         "no_shared_token,unseen_items", "--quiet", *options], check=True,
        stdout=subprocess.PIPE).stdout
    made = json.loads(out)
    slices = made["slices"]
    return {"Recall@10": made["recall@10"], "Recall@100": made["recall@100"],
            "MRR@10": made["mrr@10"], "Hit@10": made["hit@10"],
            "no_overlap_Recall@100": slices["no_shared_token"]["recall@100"],
            "no_overlap_Hit@10": slices["no_shared_token"]["hit@10"],
            "no_overlap_pairs": slices["no_shared_token"]["relevant_pairs"],
            "unseen_Recall@100": slices["unseen_items"]["recall@100"],
            "unseen_Hit@10": slices["unseen_items"]["hit@10"],
            "unseen_pairs": slices["unseen_items"]["relevant_pairs"],
            "pairs": made["relevant_pairs"], "queries": made["queries"]}


def tied_run(data, path, random):
    """A run of few distinct scores, out of order, whose ranks say nothing."""
    lines = []
    for qid in data.qids:
        rows = random.choice(len(data.uids), 300, replace=False).tolist()
        rows = list(dict.fromkeys(rows + list(data.qrels[qid])))
        for row in rows:
            lines.append("%s Q0 %s %d %.1f random" % (
                qid, data.uids[row], random.integers(1000), random.integers(40) / 10))
    random.shuffle(lines)
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def embed(command, model, split, folder):
    """Item and query vectors of the model, in the rows of the split."""
    def run(data, side):
        out = os.path.join(folder, side + ".npy")
        subprocess.run([command, "embed", "--model", model, "--data", data, "--side", side,
                        "--out", out, "--quiet"], check=True)
        return np.load(out)
    path = os.path.join(folder, "queries.csv")
    with open(os.path.join(split, "queries.test.tsv"), encoding="utf-8", newline="\n") as f, \
            open(path, "w", encoding="utf-8", newline="") as g:
        w = csv.writer(g)
        w.writerow(["search_term"])
        w.writerows([line.rstrip("\n").split("\t", 1)[1]] for line in f)
    return run(os.path.join(split, "items.csv"), "item"), run(path, "query")


def main():
    library, command, script, split = sys.argv[1:5]
    spec = importlib.util.spec_from_file_location("evaluate", script)
    evaluate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(evaluate)
    evaluate.round = lambda x, digits: x
    library = c.CDLL(library)
    data = evaluate.from_directory(split, "test")
    score = lambda i, q, cosine=False: evaluate.evaluate(
        data, evaluate.from_embeddings(data, i, q, cosine))
    random = np.random.default_rng(1)
    ok = True

    def vectors(dim):
        """Items at random; queries at random near the items that they are judged with."""
        normal = lambda rows: random.standard_normal((rows, dim), np.float32)
        i, q = normal(len(data.uids)), normal(len(data.qids))
        for n, qid in enumerate(data.qids):
            for row, grade in data.qrels[qid].items():
                q[n] += np.float32(grade / 4) * i[row]
        return i, q

    for dim in (4, 64):
        i, q = (np.round(x * 8) / 8 for x in vectors(dim))
        ok &= compare("exact products, dim %d" % dim, by_vectors(
            library, data, evaluate, i, q), score(i, q))
    sets = {"random, dim 16": vectors(16), "random, dim 256": vectors(256)}
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 5:
            sets["model"] = embed(command, sys.argv[5], split, folder)
        for name, (i, q) in sets.items():
            i, q = np.ascontiguousarray(i), np.ascontiguousarray(q)
            want = score(i, q)
            ok &= compare(name + ", vectors", by_vectors(library, data, evaluate, i, q), want)
            # numpy's cosines of equal titles differ in their last bit, by the row
            ok &= compare(name + ", cosine", by_vectors(
                library, data, evaluate, i, q, metric="cosine"), score(i, q, True),
                1e-4 if name == "model" else TOLERANCE)
        ranked = np.array(list(by_numpy(i, q, len(i))), np.int64)
        ok &= compare(name + ", numpy's ranking of all items", by_rankings(
            library, data, evaluate, ranked), want)
        path = os.path.join(folder, "run.trec")
        from_run = lambda: evaluate.evaluate(data, evaluate.from_run(data, path))
        tied_run(data, path, random)
        ok &= compare("siamese eval --run, scores that are tied", command_figures(
            command, split, "--run", path), from_run())
        if len(sys.argv) > 5:
            model = ("--model", sys.argv[5], "--write-run", path)
            got = command_figures(command, split, *model, "--exact")
            ok &= compare("siamese eval --exact, against the same vectors", got, want)
            ok &= compare("siamese eval --exact, against its run file", got, from_run())
            ok &= compare("siamese eval --run of that", command_figures(
                command, split, "--run", path), got)
            got = command_figures(command, split, *model)
            ok &= compare("siamese eval, against its run file", got, from_run())
    return not ok


if __name__ == "__main__":
    sys.exit(main())
