"""How training, embedding and search scale over nodes: measures, and a model of it.

    python3 bench/cluster/model.py measure PAIRS.tsv >bench/results/cluster.tsv
    python3 bench/cluster/model.py tables <bench/results/cluster.tsv
    python3 bench/cluster/model.py plot <bench/results/cluster.tsv >docs/cluster.svg

`make bench-nodes` does all three. PAIRS.tsv has lines of query, title, id. The
measures are of processes of one machine, by Open MPI; with more ranks than
processors, P, a step takes max(1, R / P) times as long as on a machine a rank.

A step of training, R nodes of p threads:

    t = (A + L [R > G]) / (R p) + U / p + Z + (R - 1) / R V(R) / w + c l

A is what ranks share and threads too, U what each rank does with all its threads, Z
what one thread does; L is the second product of scores where the gradients of scores
do not travel, from more than G ranks on; V is what a step gathers in bytes, c the calls
for it, w the network's bytes a second, l its latency. A, U and Z follow from a thread,
two threads, two ranks; L from eight ranks; four ranks are predicted.

A query of N vectors in n lists of which q are read, R shards:

    t = o + c1 n + c2 N q / (n R) + m (R - 1), or o + c3 N / R + m (R - 1) exactly

with m for a shard's message and its part of the merge. o, the c and m follow from one
shard of two sizes and from two shards; four shards are predicted.
"""

import resource
import os
import statistics
import subprocess
import sys
import tempfile

PROCESSORS = 2  # of the machine of the measures
RUNS = int(os.environ.get("RUNS", "3"))
PRESETS = {"notebook": (256, 1500, 10**6), "default": (2048, 40, 4)}  # batch, steps, G
LAYOUTS = [(1, 1), (1, 2), (2, 1), (4, 1), (8, 1)]  # ranks, threads
DIM = 384
SEARCHES = [  # vectors, lists, lists read
    (250000, 2000, 25), (125000, 2000, 25), (250000, 1000, 25),
    (1000000, 1, 1), (500000, 1, 1)]
NODES = [1, 2, 4, 8, 16, 32, 64]
# What the predictions assume of a cluster: threads of a node, bytes a second of its
# network of 10 and 25 Gbit/s, seconds of a message.
THREADS, NETWORKS, LATENCY = 16, {"10 Gbit/s": 1.1e9, "25 Gbit/s": 2.8e9}, 20e-6


# ---- measures ----


def ranks(count, *command):
    return ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none",
            "-n", str(count), *map(str, command)]


def said(command):
    """The words that it prints, and the most memory that a process of it had, bytes."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    words = process.stdout.read().split()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"model.py: {' '.join(command)} failed")
    return words, usage.ru_maxrss * 1024


def compile_program(folder, source, name):
    program = os.path.join(folder, name)
    subprocess.run(
        ["mpicc", "-std=c11", "-D_GNU_SOURCE", "-O2", "-Iinclude", "-o", program, source,
         "-Lbuild", "-lsiamese", "-lm", "-Wl,-rpath," + os.path.abspath("build")],
        check=True)
    return program


def measure(pairs):
    """Lines WHAT, its settings, and medians of RUNS rounds of all of them in turn."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = compile_program(folder, "examples/07_mpi.c", "trainer")
        program = compile_program(folder, "bench/cluster/ranks.c", "ranks")
        model = os.path.join(folder, "model.siamese")
        titles = os.path.join(folder, "titles")
        with open(pairs) as lines, open(titles, "w") as out:
            out.writelines(line.split("\t")[1] + "\n" for line in lines)
        rows = {}

        def keep(key, numbers):
            rows.setdefault(key, []).append(numbers)
            print(*key, *numbers, file=sys.stderr)

        for _ in range(RUNS):
            for preset, (batch, steps, _) in PRESETS.items():
                for n, threads in LAYOUTS:
                    # 2 ranks: RATE pairs/s, N steps of C calls and B bytes
                    words, peak = said(ranks(
                        n, trainer, preset, pairs, model, "threads", threads, "metrics",
                        "none", "rerank", 0, "min_steps", 0, "max_steps", steps,
                        "epochs", 10**6))
                    keep(("train", preset, n, threads),
                         (batch / float(words[2]), float(words[-5]), float(words[-2]),
                          peak))
            for n in (1, 2, 4):  # by the model of the last training, of `default`
                words, peak = said(ranks(n, program, "encode", model, titles))
                keep(("encode", "default", n), (float(words[0]), peak))
            for n in (1, 2, 4):
                for search in SEARCHES if n == 1 else [SEARCHES[0], SEARCHES[3]]:
                    one, batch, size, memory = map(float, said(ranks(
                        n, program, "search", search[0], DIM, *search[1:]))[0])
                    keep(("search", *search, n), (one, batch, size, memory))
        for key, runs in rows.items():
            medians = [statistics.median(column) for column in zip(*runs)]
            print(*key, *(f"{number:.6g}" for number in medians), sep="\t")


# ---- the model ----


class Measured:
    def __init__(self, lines):
        self.train, self.encode, self.search = {}, {}, {}
        for line in lines:
            what, *rest = line.rstrip("\n").split("\t")
            if what == "train":
                self.train[rest[0], int(rest[1]), int(rest[2])] = tuple(map(float, rest[3:]))
            elif what == "encode":
                self.encode[int(rest[1])] = float(rest[2])
            elif what == "search":
                self.search[tuple(map(int, rest[:4]))] = tuple(map(float, rest[4:]))


class Training:
    """The equation above for one preset."""

    def __init__(self, measured, preset):
        self.batch, _, self.most_gathering = PRESETS[preset]
        self.rows = {key[1:]: row for key, row in measured.train.items() if key[0] == preset}
        t11, t12, t21 = (self.rows[key][0] for key in ((1, 1), (1, 2), (2, 1)))
        # t11 = A + U + Z, t12 = (A + U) / 2 + Z, t21 = A / 2 + U + Z
        self.single = max(0.0, 2 * t12 - t11)
        self.shared = min(2 * (t11 - t21), t11 - self.single)
        self.rank = t11 - self.single - self.shared
        self.again = 0.0
        if self.most_gathering < 8:
            slow = 8 / PROCESSORS
            self.again = max(0.0, 8 * (self.rows[8, 1][0] / slow - self.compute(8, 1)))
        # What is gathered in all: a rank receives all but its own.
        self.gathered = {few: self.rows[n, 1][2] * n / (n - 1)
                         for few, n in ((True, 2), (False, 8))}

    def compute(self, nodes, threads):
        again = self.again if nodes > self.most_gathering else 0.0
        return ((self.shared + again) / (nodes * threads) + self.rank / threads
                + self.single)

    def here(self, nodes):
        return max(1, nodes / PROCESSORS) * self.compute(nodes, 1)

    def bytes(self, nodes):
        return (nodes - 1) / nodes * self.gathered[nodes <= self.most_gathering]

    def step(self, nodes, network, threads=THREADS):
        calls = self.rows[2, 1][1] if nodes > 1 else 0
        return (self.compute(nodes, threads) + self.bytes(nodes) / network
                + calls * LATENCY)


class Search:
    """The equations above, seconds."""

    def __init__(self, measured):
        def one(*key):
            return measured.search[key][0] * 1e-6
        full, half, fewer = (one(*s, 1) for s in SEARCHES[:3])
        n, q = SEARCHES[0][1:]
        count = SEARCHES[0][0]
        self.vector = (full - half) / ((count - SEARCHES[1][0]) * q / n)
        # full - fewer = c1 (n - n') + c2 N q (1 / n - 1 / n')
        other = SEARCHES[2][1]
        self.centroid = max(0.0, (full - fewer - self.vector * count * q
                                  * (1 / n - 1 / other)) / (n - other))
        self.call = max(0.0, full - self.vector * count * q / n - self.centroid * n)
        self.exact = (one(*SEARCHES[3], 1) - one(*SEARCHES[4], 1)) / (
            SEARCHES[3][0] - SEARCHES[4][0])
        self.exact_call = max(0.0, one(*SEARCHES[3], 1) - self.exact * SEARCHES[3][0])
        self.message = 0.0
        self.message = max(0.0, one(*SEARCHES[0], 2) - self.lists(*SEARCHES[0], 2))
        self.memory = measured.search[(*SEARCHES[3], 1)][3] / SEARCHES[3][0]

    def lists(self, count, n, q, shards, slow=1):
        return (slow * (self.call + self.centroid * n + self.vector * count * q / (n * shards))
                + self.message * (shards - 1))

    def exactly(self, count, shards, slow=1):
        return slow * (self.exact_call + self.exact * count / shards) + self.message * (
            shards - 1)


def slowed(count):
    return max(1, count / PROCESSORS)


def number(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:.3g}"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def checks(measured):
    """(what, processes, measured, the model's, the constants follow from it)"""
    for preset in PRESETS:
        training = Training(measured, preset)
        for n in (1, 2, 4, 8):
            yield (f"a step by `{preset}`, ms", n, 1e3 * training.rows[n, 1][0],
                   1e3 * training.here(n), n < 4 or n == 8 and training.again > 0)
            if n > 1:
                yield ("bytes that a rank receives in it, MB", n,
                       training.rows[n, 1][2] / 1e6, training.bytes(n) / 1e6,
                       n in (2, 8))
    for n in (1, 2, 4):
        yield ("texts encoded by `default`, thousands a second", n,
               measured.encode[n] / 1e3,
               min(n, PROCESSORS) * measured.encode[1] / 1e3, n == 1)
    search = Search(measured)
    for n in (1, 2, 4):
        yield (f"a query of {SEARCHES[0][0]:,} vectors by lists, us", n,
               measured.search[(*SEARCHES[0], n)][0],
               1e6 * search.lists(*SEARCHES[0], n, slowed(n)), n < 4)
    for n in (1, 2, 4):
        yield ("the same exactly, us", n, measured.search[(*SEARCHES[3], n)][0],
               1e6 * search.exactly(SEARCHES[3][0], n, slowed(n)), n < 2)


def lists_of(count):
    """4 sqrt(N) lists of which 26 are read, as recall .95 takes at any N measured."""
    return int(4 * count ** 0.5), 26


def tables(measured):
    table(["", "processes", "measured", "model", "off by"],
          [[what, str(n), number(a), number(b), "fitted" if fitted else f"{b / a - 1:+.0%}"]
           for what, n, a, b, fitted in checks(measured)])
    print("10^9 pairs, hours (thousands of pairs a second):\n")
    rows = []
    for nodes in NODES:
        row = [str(nodes)]
        for preset in PRESETS:
            training = Training(measured, preset)
            for network in NETWORKS.values():
                rate = training.batch / training.step(nodes, network)
                row.append(f"{1e9 / rate / 3600:.1f} ({rate / 1e3:.0f})")
        rows.append(row)
    table(["nodes"] + [f"`{p}`, {n}" for p in PRESETS for n in NETWORKS], rows)
    search = Search(measured)
    for count in (10**8, 10**9):
        rows = []
        for nodes in NODES:
            rate = nodes * THREADS * measured.encode[1]
            lists = lists_of(count)
            rows.append([
                str(nodes), number(count / rate),
                number(4 * DIM * count / nodes / 1e9),
                number(search.memory * count / nodes / 1e9),
                f"{1e3 * search.lists(count, *lists, nodes):.2f}",
                number(1e3 * search.exactly(count, nodes)),
                number((nodes - 1) * 120)])
        print(f"{count:,} items of {DIM} numbers:\n")
        table(["nodes", "encode, s", "vectors written, GB a node",
               "memory of a shard, GB", "a query by lists, ms", "exactly, ms",
               "bytes received for it"], rows)
    for preset in PRESETS:
        t = Training(measured, preset)
        print(f"{preset}: A {1e3 * t.shared:.3g} ms, U {1e3 * t.rank:.3g} ms, "
              f"Z {1e3 * t.single:.3g} ms, L {1e3 * t.again:.3g} ms, "
              f"V {t.gathered[True] / 1e6:.3g} MB and {t.gathered[False] / 1e6:.3g} MB")
    print(f"search: o {1e6 * search.call:.3g} us, c1 {1e9 * search.centroid:.3g} ns, "
          f"c2 {1e9 * search.vector:.3g} ns, c3 {1e9 * search.exact:.3g} ns, "
          f"m {1e6 * search.message:.3g} us, {search.memory:.0f} bytes a vector")


# ---- the plot ----

WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 220, 64, 48, 96
COLOURS = ["#1b6ca8", "#c8553d", "#3a7d44", "#7b5ea7"]


def panel(place, title, y_title, curves):
    """Curves [(name, dashed, [(nodes, times as fast as one)])] on axes of powers of 2."""
    from math import log2
    left = LEFT + place * (WIDTH + GAP)

    def x(v):
        return left + WIDTH * log2(v) / 6

    def y(v):
        return TOP + HEIGHT * (6 - log2(v)) / 8  # from a quarter on

    out = [f'<text x="{left}" y="{TOP - 20}" class="title">{title}</text>']
    for v in NODES:
        out.append(f'<path class="grid" d="M{x(v):.1f} {TOP}v{HEIGHT}"/>')
        out.append(f'<text x="{x(v):.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{v}</text>')
    for v in [0.25, 0.5] + NODES:
        out.append(f'<path class="grid" d="M{left} {y(v):.1f}h{WIDTH}"/>')
        out.append(f'<text x="{left - 8}" y="{y(v) + 4:.1f}" text-anchor="end">{v:g}</text>')
    out.append(f'<path class="ideal" d="M{x(1)} {y(1)}L{x(64)} {y(64)}"/>')
    out.append(f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 38}" '
               'text-anchor="middle">nodes</text>')
    out.append(f'<text transform="translate({left - 38} {TOP + HEIGHT / 2}) rotate(-90)" '
               f'text-anchor="middle">{y_title}</text>')
    for i, (name, dashed, points) in enumerate(curves):
        colour = COLOURS[i]
        dashes = ' stroke-dasharray="5 3"' if dashed else ""
        line = " ".join(f"{x(n):.1f},{y(v):.1f}" for n, v in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" '
                   f'stroke-width="2"{dashes}/>')
        row = TOP + 14 + 17 * i
        out.append(f'<path d="M{left + 8} {row - 4}h22" stroke="{colour}" stroke-width="2"'
                   f'{dashes}/>')
        out.append(f'<text x="{left + 36}" y="{row}">{name}</text>')
    return out


def plot(measured):
    curves = []
    for preset, threads, name in [("default", 1, "10 Gbit/s"), ("default", 4, "10 Gbit/s"),
                                  ("default", 16, "25 Gbit/s"), ("notebook", 1, "25 Gbit/s")]:
        training = Training(measured, preset)
        alone = training.step(1, 1, threads)
        curves.append((f"{preset}, {threads} thread{'s' * (threads > 1)}, {name}",
                       preset == "notebook",
                       [(n, alone / training.step(n, NETWORKS[name], threads))
                        for n in NODES]))
    search = Search(measured)
    shards = []
    for count in (10**8, 10**9):
        lists = lists_of(count)
        shards.append((f"10^{len(str(count)) - 1} by lists", False,
                       [(n, search.lists(count, *lists, 1) / search.lists(count, *lists, n))
                        for n in NODES]))
    shards.append(("10^8 exactly", True, [
        (n, search.exactly(10**8, 1) / search.exactly(10**8, n)) for n in NODES]))
    width = LEFT + 2 * WIDTH + GAP + 24
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="330" '
          f'viewBox="0 0 {width} 330" font-family="Helvetica, Arial, sans-serif" '
          'font-size="11" fill="#444">')
    print("<style>.title{font-size:14px;font-weight:bold;fill:#222}.grid{stroke:#e4e4e4}"
          ".ideal{stroke:#999;stroke-dasharray:2 3}</style>")
    print(f'<rect width="{width}" height="330" fill="#fff"/>')
    print(*panel(0, "Training: steps a second, to one node's", "times as fast", curves),
          *panel(1, "Search: time of a query, to one node's", "times as short", shards),
          sep="\n")
    print("</svg>")


if __name__ == "__main__":
    if sys.argv[1] == "measure":
        measure(sys.argv[2])
    else:
        {"tables": tables, "plot": plot}[sys.argv[1]](Measured(sys.stdin))
