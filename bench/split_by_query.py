#!/usr/bin/env python3
"""Splits judged pairs by query, as quality.sh, stages.sh and peers.sh want them.

    split_by_query.py FILE.csv FOLDER [--encoding NAME]

FILE.csv has the columns id, product_uid, product_title, search_term and relevance.
A query is its search term in lower case with single blanks. Its SHA-1 as a number,
modulo 10, is 0 for test, 1 for validation and else for training, so that no query
is in two parts.

FOLDER gets train.csv (the training rows), items.csv (each product_uid of any row,
with its first title), and of both other parts queries.PART.tsv (qid TAB query) and
qrels.PART.txt (TREC, the highest grade of a pair), PART being test or valid.
"""
import argparse
import csv
import hashlib
import os

COLUMNS = ("id", "product_uid", "product_title", "search_term", "relevance")
PARTS = {0: "test", 1: "valid"}


def query_of(term):
    return " ".join(term.lower().split())


def part_of(query):
    number = int(hashlib.sha1(query.encode("utf-8")).hexdigest(), 16)
    return PARTS.get(number % 10)


def write_rows(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_lines(path, lines):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("folder")
    parser.add_argument("--encoding", default="utf-8")
    a = parser.parse_args()
    items, train = {}, []
    ids = {part: {} for part in PARTS.values()}
    grades = {part: {} for part in PARTS.values()}
    with open(a.csv, encoding=a.encoding, newline="") as file:
        for row in csv.DictReader(file):
            item, query = row["product_uid"], query_of(row["search_term"])
            items.setdefault(item, row["product_title"])
            part = part_of(query)
            if part is None:
                train.append([row[name] for name in COLUMNS])
                continue
            known = ids[part]
            pair = known.setdefault(query, part[0] + str(len(known) + 1)), item
            grade = float(row["relevance"])
            grades[part][pair] = max(grade, grades[part].get(pair, 0.0))

    def at(name):
        return os.path.join(a.folder, name)

    os.makedirs(a.folder, exist_ok=True)
    write_rows(at("train.csv"), COLUMNS, train)
    write_rows(at("items.csv"), COLUMNS[1:3], items.items())
    for part in PARTS.values():
        write_lines(at(f"queries.{part}.tsv"),
                    (f"{qid}\t{query}" for query, qid in ids[part].items()))
        write_lines(at(f"qrels.{part}.txt"),
                    (f"{qid} 0 {item} {grade:.2f}"
                     for (qid, item), grade in grades[part].items()))


if __name__ == "__main__":
    main()
