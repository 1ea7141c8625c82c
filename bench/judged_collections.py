#!/usr/bin/env python3
"""Makes judged collections, in the form that stages.sh reads, of what Debian has.

    apt-get update -o Acquire::Languages=de,fr,ja
    apt-helper cat-file /var/lib/apt/lists/*_Translation-de* >de.txt
    judged_collections.py descriptions de.txt folder
    apt-get download libreoffice-help-id && dpkg-deb -x libreoffice-help-id_*.deb help
    judged_collections.py help help/usr/share/libreoffice/help/id folder
    judged_collections.py fewer split folder

descriptions: a package's one-line synopsis is the query for the first paragraph of
its long description. help: an entry of the index is the query for the pages that it
names, each a title and its first paragraph. fewer: of a split of Home Depot's
relevance file all but the training rows, of which it keeps 2,000.

The folder gets train.csv (2,000 pairs), items.csv, and queries and qrels of two
parts that share no query with it nor with each other: valid and test, at most 1,000
queries each. What is drawn is drawn by the SHA-1 of a text, so that it is the same
everywhere.
"""
import csv
import hashlib
import html
import os
import re
import shutil
import sys

PAIRS, JUDGED, ITEMS = 2000, 1000, 10000


def order(text):
    """A number of a text by which texts stand in an order without meaning."""
    return hashlib.sha1(text.encode("utf-8")).hexdigest()


def line(text):
    """A text on one line, without tags."""
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", text)).split())


def descriptions(path):
    """Query and item of each package of a file of translations."""
    with open(path, encoding="utf-8") as f:
        stanzas = f.read().split("\n\n")
    found = {}
    for stanza in stanzas:
        match = re.search(r"^Description-(?!md5)\w+: (.*)\n((?: .*\n?)*)", stanza, re.M)
        if not match:
            continue
        # A lone dot parts the paragraphs, two blanks begin a row of a list.
        first = re.split(r"^ \.$", match.group(2), maxsplit=1, flags=re.M)[0]
        synopsis, item = line(match.group(1)), line(first)
        # One package stands for all with its paragraph, such as lib and lib-dev.
        if synopsis and item and synopsis != "<trans>":
            found.setdefault(item, synopsis)
    kept = sorted(found, key=order)[:ITEMS]
    return kept, [(found[item], i) for i, item in enumerate(kept)]


def pages(folder):
    """Queries and items of a help's index and pages."""
    with open(os.path.join(folder, "bookmarks.js"), encoding="utf-8") as f:
        entries = re.findall(r'url:"[^/"]*/([^?"#]*)[^"]*".*?text:"(.*)"}', f.read())
    rows, items, pairs = {}, [], []
    for page, entry in entries:
        query = line(entry.replace("--", " "))
        if page not in rows:
            path = os.path.join(folder, page)
            if not os.path.exists(path):
                continue
            with open(path, encoding="utf-8") as f:
                text = f.read()
            title = re.search("<title>(.*?)</title>", text, re.S)
            first = re.search(r'<p [^>]*class="paragraph"[^>]*>(.*?)</p>', text, re.S)
            rows[page] = len(items)
            items.append(line(title.group(1) if title else "") + ": " +
                         line(first.group(1) if first else "")[:300])
        if re.match(r"\w", query):
            pairs.append((query, rows[page]))
    return items, sorted(set(pairs))


def fewer(split):
    """Of a split's training rows those of some queries, about PAIRS of them."""
    with open(os.path.join(split, "train.csv"), encoding="utf-8", newline="") as f:
        reader = csv.DictReader(f)
        queries = {}
        for row in reader:
            queries.setdefault(row["search_term"].lower(), []).append(row)
    rows = []
    for query in sorted(queries, key=order):
        if len(rows) >= PAIRS:
            break
        rows += queries[query]
    return reader.fieldnames, rows


def write(folder, items, pairs):
    os.makedirs(folder, exist_ok=True)
    queries = {}
    for query, item in pairs:
        queries.setdefault(query, set()).add(item)
    drawn = sorted(queries, key=order)
    train, written = [], 0
    while drawn and written < min(PAIRS, len(pairs) // 2):
        train.append(drawn.pop())
        written += len(queries[train[-1]])
    half = min(JUDGED, len(drawn) // 2)
    parts = {"valid": drawn[:half], "test": drawn[half:2 * half]}

    with open(os.path.join(folder, "items.csv"), "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(["id", "title"])
        out.writerows(enumerate(items))
    with open(os.path.join(folder, "train.csv"), "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(["id", "title", "query", "relevance"])
        for query in train:
            for item in sorted(queries[query]):
                out.writerow([item, items[item], query, 3])
    for part, texts in parts.items():
        name = lambda kind: os.path.join(folder, kind % part)
        with open(name("queries.%s.tsv"), "w", encoding="utf-8", newline="\n") as f:
            f.writelines("%s%d\t%s\n" % (part[0], i, q) for i, q in enumerate(texts))
        with open(name("qrels.%s.txt"), "w", encoding="utf-8", newline="\n") as f:
            f.writelines("%s%d 0 %d 3\n" % (part[0], i, item)
                         for i, q in enumerate(texts)
                         for item in sorted(queries[q]))
    print("%s: %d items, %d pairs of training, %d and %d queries" %
          (folder, len(items), written, *map(len, parts.values())))


def write_fewer(split, folder):
    os.makedirs(folder, exist_ok=True)
    columns, rows = fewer(split)
    with open(os.path.join(folder, "train.csv"), "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, columns)
        out.writeheader()
        out.writerows(rows)
    for name in ("items.csv", "queries.valid.tsv", "qrels.valid.txt",
                 "queries.test.tsv", "qrels.test.txt"):
        shutil.copy(os.path.join(split, name), folder)
    print("%s: %d pairs of training" % (folder, len(rows)))


def main(kind, source, folder):
    if kind == "fewer":
        write_fewer(source, folder)
    else:
        write(folder, *{"descriptions": descriptions, "help": pages}[kind](source))


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("descriptions", "help", "fewer"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
