"""Changes one place of a source at a time and asks the tests whether they see it.

usage: mutants.py SOURCES TREES OBJECTS LIST KNOWN [SECONDS [SEED]]

The folder SOURCES is copied to a folder of TREES for each processor, where files are
changed, built (the objects are in OBJECTS) and set back, mutants side by side. LIST has
lines "FILE ... : TEST ...", files of lib/ and the tests that hold them, by make
check-one's names. A file as FLAG?FILE is left out, and told, where the processor lacks
that flag of /proc/cpuinfo, since no test runs it there. Mutants are taken in a random
order of SEED until SECONDS have passed (0: all): comparisons, their bounds, signs,
conditions and constants one off. The test
that saw a file's last mutant is asked first, then the others from the fastest on, until
one fails. A mutant that a test fails on, that does not end, or that the compiler
refuses is seen. KNOWN explains those that no test can see, a line each: FILE | LINE AS
IT IS | LINE AS CHANGED, or * | WHY. Others that are not seen are failures, and are
listed in the same form. Ends with "N passed, M failed".
"""

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

OPERATORS = [
    (r"(?<![<>=!-])<(?![<=])", ["<="]),
    (r"(?<![<>=!-])>(?![>=])", [">="]),
    (r"<=", ["<"]),
    (r"(?<!-)>=", [">"]),
    (r"==", ["!="]),
    (r"!=", ["=="]),
    (r"&&", ["||"]),
    (r"\|\|", ["&&"]),
    (r"(?<=[\w)\]]) \+ (?=[\w(])", [" - "]),
    (r"(?<=[\w)\]]) - (?=[\w(])", [" + "]),
    (r"(?<=[ (])!(?=\w)", [""]),
    (r"\b0\b(?![.x])", ["1"]),
    (r"(?<![\w.%])[1-9]\d*\b(?![.\d])", ["+ 1"]),
    (r"(?<=[\w)]) \* (?=[\w(])", [" + "]),
]
# A change may make a loop endless, an allocation huge, or a thread wait for ever:
# seconds of a processor, kilobytes, blocks of a file; and seconds of the clock, many
# since others may have the processors.
LIMITS = "ulimit -t %d; ulimit -v 4194304; ulimit -f 2097152; exec "
BUILD_SECONDS, PATIENCE = 3600, 600


def code_of(line):
    """The part of a line that is no comment and no text."""
    line = re.sub(r"/\*.*?(\*/|$)", lambda m: " " * len(m.group()), line)
    return re.sub(r'"[^"]*"', lambda m: '"' + "_" * (len(m.group()) - 2) + '"', line)


def mutants_of(path):
    """Yields (line number, line as changed)."""
    inside = False
    for n, line in enumerate(open(path)):
        starts, ends = line.rfind("/*"), line.rfind("*/")
        comment = inside
        inside = starts > ends if max(starts, ends) >= 0 else inside
        if comment or re.match(r"^(#|/\*|\s*\*|[a-z].*[,(]$|\s*\"|.*enum)", line):
            continue
        code = code_of(line)
        if not code.startswith("    "):
            continue
        for pattern, changes in OPERATORS:
            for found in re.finditer(pattern, code):
                for change in changes:
                    new = found.group() + " " + change if change == "+ 1" else change
                    yield n, line[: found.start()] + new + line[found.end() :]


class Tree:
    """A copy of the sources, in which one file at a time is changed."""

    def __init__(self, sources, path, objects):
        self.path, self.objects = path, objects
        shutil.copytree(sources, path)

    def run(self, command, seconds):
        """Whether it ended well within so many seconds of a processor."""
        environment = {**os.environ, "SIAMESE_TEST_DATA": self.path + "/tests/data"}
        environment.pop("RELIABILITY", None)  # what a mutant counts is no result
        process = subprocess.Popen(
            ["sh", "-c", LIMITS % seconds + '"$@"', "sh", *command], cwd=self.path,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=environment, start_new_session=True)
        try:
            return process.wait(PATIENCE + 60 * seconds) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return False

    def program(self, test):
        folder, name = test.split("/")
        return f"{self.objects}/tests/{folder}/test_{name}"

    def build(self, tests):
        return self.run(["make", "-s", *map(self.program, tests)], BUILD_SECONDS)

    def passes(self, test, seconds):
        return self.build([test]) and self.run([self.program(test)], seconds)


class Tests:
    """The tests of each file, in the order in which they are asked."""

    def __init__(self, of_file):
        self.of_file, self.seconds = of_file, {}
        self.names = sorted({test for tests in of_file.values() for test in tests})

    def measure(self, tree):
        """Each without a change; sorts them by their time."""
        used = processor_seconds()
        for test in self.names:
            if not tree.run([tree.program(test)], PATIENCE):
                sys.exit(f"mutants: without a change, {test} fails")
            before, used = used, processor_seconds()
            self.seconds[test] = used - before
        for tests in self.of_file.values():
            tests.sort(key=self.seconds.get)

    def see(self, tree, file):
        """Whether one of them fails, or the build."""
        for test in list(self.of_file[file]):
            if not tree.passes(test, 5 + 10 * self.seconds[test]):
                tests = [t for t in self.of_file[file] if t != test]
                self.of_file[file] = [test, *tests]
                return True
        return False


class Run:
    """Mutants, tried by a thread for each tree."""

    def __init__(self, todo, known, tests, seconds):
        self.todo, self.known, self.tests = iter(todo), known, tests
        self.lock = threading.Lock()
        self.end = time.monotonic() + seconds if seconds else float("inf")
        self.seen = self.explained = self.failed = 0

    def next(self):
        with self.lock:
            return next(self.todo, None) if time.monotonic() < self.end else None

    def count(self, of):
        with self.lock:
            setattr(self, of, getattr(self, of) + 1)

    def attempt(self, tree, file, n, new):
        path = os.path.join(tree.path, file)
        with open(path) as source:
            lines = source.readlines()
        key = file, lines[n].strip(), new.strip()
        if key in self.known or (*key[:2], "*") in self.known:
            self.count("explained")
            return
        changed = [*lines[:n], new, *lines[n + 1 :]]
        write(path, changed)
        try:
            if self.tests.see(tree, file):
                self.count("seen")
            else:
                self.count("failed")
                print("not seen:", " | ".join(key), f"| line {n + 1}", flush=True)
        finally:
            write(path, lines)

    def work(self, tree):
        for mutant in iter(self.next, None):
            self.attempt(tree, *mutant)


def processor_seconds():
    """That what was run has taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write(path, lines):
    with open(path, "w") as out:
        out.writelines(lines)


def in_threads(function, trees):
    threads = [threading.Thread(target=function, args=[tree]) for tree in trees]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def processor_has(flag):
    try:
        return flag in open("/proc/cpuinfo").read().split()
    except OSError:
        return False


def read_list(path):
    for line in open(path):
        line = line.split("#")[0]
        if ":" in line:
            files, tests = line.split(":")
            for word in files.split():
                flag, _, file = word.rpartition("?")
                if not flag or processor_has(flag):
                    yield file, tests.split()
                else:
                    print(f"left out, as this processor lacks {flag}: {file}", flush=True)


def known_of(path):
    known = {}
    for line in open(path):
        if not line.startswith("#") and line.count(" | ") >= 3:
            # Lines of C have " | " in them as well, but both or neither of a pair.
            file, *lines, why = line.strip().split(" | ")
            half = 1 if lines[-1] == "*" else len(lines) // 2
            was, now = " | ".join(lines[:-half]), " | ".join(lines[-half:])
            known[file, was, now] = why
    return known


def main(sources, to, objects, list_path, known_path, seconds="600", seed="1"):
    tests = Tests(dict(read_list(list_path)))
    todo = [(file, n, new) for file in tests.of_file
            for n, new in mutants_of(os.path.join(sources, file))]
    random.Random(int(seed)).shuffle(todo)
    trees = [Tree(sources, f"{to}/{i}", objects)
             for i in range(len(os.sched_getaffinity(0)))]
    in_threads(lambda tree: tree.build(tests.names), trees)
    tests.measure(trees[0])
    run = Run(todo, known_of(known_path), tests, float(seconds))
    in_threads(run.work, trees)
    tried = run.seen + run.explained + run.failed
    print(f"{len(todo)} mutants, {tried} tried: {run.seen} seen,",
          f"{run.explained} explained, {run.failed} not seen")
    counts = os.environ.get("RELIABILITY")
    if counts:
        with open(counts, "a") as out:
            out.write(f"mutants tried\t{tried}\n")
    print(f"{run.seen + run.explained} passed, {run.failed} failed")
    sys.exit(run.failed > 0 or tried == 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
