"""The same pairs for every peer: rows of a CSV file, and texts as features."""
import collections
import csv
import re
import string
import unicodedata
import zlib

PUNCTUATION = str.maketrans("", "", string.punctuation)
WORD = re.compile(r"[^\W\d_]+|\d+")


def read_pairs(path, encoding, min_relevance=2.0):
    """Positives as (queries, titles), and the distinct (id, title) of all rows."""
    queries, titles, items = [], [], {}
    with open(path, encoding=encoding, newline="") as file:
        for row in csv.DictReader(file):
            items[row["product_uid"], row["product_title"]] = None
            if float(row["relevance"]) >= min_relevance:
                queries.append(row["search_term"])
                titles.append(row["product_title"])
    return queries, titles, [title for _, title in items]


def word_ids(queries, titles, size, length):
    """Lists of ids of at most `length` words, the commonest numbered from 2."""
    def words(text):
        lower = "".join(c.lower() if c.isascii() else c for c in text)
        return lower.translate(PUNCTUATION).split()
    split = {text: words(text) for text in set(queries) | set(titles)}
    counts = collections.Counter()
    for text in queries + titles:
        counts.update(split[text])
    table = {w: i + 2 for i, (w, _) in enumerate(counts.most_common(size - 2))}
    ids = {t: [table.get(w, 1) for w in s[:length]] for t, s in split.items()}
    return [ids[t] for t in queries], [ids[t] for t in titles]


def hashed_ids(texts, buckets, widths=(3, 4, 5)):
    """Words and the n-grams of <word>, hashed; the hash is zlib's, a fast one."""
    known = {}
    for text in set(texts):
        found = []
        folded = unicodedata.normalize("NFKC", text).casefold()
        for word in WORD.findall(folded):
            found.append(zlib.crc32(("w" + word).encode()) % buckets)
            marked = "<" + word + ">"
            for width in widths:
                for i in range(len(marked) - width + 1):
                    gram = "c" + marked[i:i + width]
                    found.append(zlib.crc32(gram.encode()) % buckets)
        known[text] = found
    return [known[text] for text in texts]
