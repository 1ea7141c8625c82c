"""Changes one place of a source at a time and asks the tests whether they see it.

usage: mutants.py TREE OBJECTS LIST KNOWN [SECONDS [SEED]]

TREE is a copy of the sources that was built (its folder of objects is OBJECTS), whose
files are changed and set back. LIST has lines "FILE ... : TEST ...", files of lib/ and
the tests that hold them, by make check-one's names. Mutants are taken in a random
order of SEED until SECONDS have passed: comparisons, their bounds, signs, conditions,
constants one off, and statements of a check left out. One that a test fails on, that
does not end, or that the compiler refuses is seen. KNOWN explains those that no test
can see, a line each: FILE | LINE AS IT IS | LINE AS CHANGED, or * | WHY. Others that are not
seen are failures, and are listed in the same form. Ends with "N passed, M failed".
"""

import os
import random
import re
import subprocess
import sys
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
TEST_SECONDS = 120


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


def run(tree, command, seconds):
    """Whether it ended well in time."""
    try:
        return subprocess.run(command, cwd=tree, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=seconds, env=environment(tree)).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def environment(tree):
    return {**os.environ, "SIAMESE_TEST_DATA": os.path.join(tree, "tests/data")}


def program(objects, test):
    folder, name = test.split("/")
    return f"{objects}/tests/{folder}/test_{name}"


def is_seen(tree, objects, tests, seconds=300):
    programs = [program(objects, test) for test in tests]
    if not run(tree, ["make", "-s", "-j2", *programs], seconds):
        return True
    return not all(run(tree, [p], TEST_SECONDS) for p in programs)


def read_list(path):
    for line in open(path):
        line = line.split("#")[0]
        if ":" in line:
            files, tests = line.split(":")
            yield from ((file, tests.split()) for file in files.split())


def known_of(path):
    known = {}
    for line in open(path):
        if not line.startswith("#") and line.count(" | ") >= 3:
            file, was, now, why = line.strip().split(" | ", 3)
            known[file, was, now] = why
    return known


def main(tree, objects, list_path, known_path, seconds=600, seed=1):
    known = known_of(known_path)
    todo = [(file, tests, n, new) for file, tests in read_list(list_path)
            for n, new in mutants_of(os.path.join(tree, file))]
    random.Random(int(seed)).shuffle(todo)
    seen = explained = failed = 0
    for tests in {tuple(tests) for _, tests, _, _ in todo}:
        if is_seen(tree, objects, tests, 1800):
            sys.exit(f"mutants: without a change, one of {' '.join(tests)} fails")
    end = time.monotonic() + float(seconds)
    for file, tests, n, new in todo:
        if time.monotonic() > end:
            break
        path = os.path.join(tree, file)
        text = open(path).read()
        lines = text.splitlines(keepends=True)
        key = file, lines[n].strip(), new.strip()
        if key in known or (*key[:2], "*") in known:
            explained += 1
            continue
        lines[n] = new
        try:
            open(path, "w").write("".join(lines))
            if is_seen(tree, objects, tests):
                seen += 1
            else:
                failed += 1
                print("not seen:", " | ".join(key), f"| line {n + 1}", flush=True)
        finally:
            open(path, "w").write(text)
    print(f"{len(todo)} mutants, {seen + explained + failed} tried in {seconds} s:",
          f"{seen} seen, {explained} explained, {failed} not seen")
    counts = os.environ.get("RELIABILITY")
    if counts:
        open(counts, "a").write(f"mutants tried\t{seen + explained + failed}\n")
    print(f"{seen + explained} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
