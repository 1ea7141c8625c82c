#!/bin/sh
# What: Snowball's English stemmer changed: release 2.2 stems "added" to "ad" and
#   "evening" to "even", 3.1 to "add" and "evening".
# Versions: snowballstemmer 2.2.0 and 3.1.1 of PyPI; Debian 12 has 2.2.0.
# For us: a vocabulary's section tells which release cut its words, and loading it
#   compares (docs/text.md, Releases).
# Guess: an algorithm cuts the same words in every release of the library.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

stems() {
    python3 -m venv "$dir/$1"
    "$dir/$1/bin/pip" install --quiet --disable-pip-version-check --no-deps \
        --only-binary :all: "snowballstemmer==$1"
    "$dir/$1/bin/python" -c "import snowballstemmer
stemmer = snowballstemmer.stemmer('english')
print(*(stemmer.stemWord(word) for word in ('added', 'evening')))"
}

[ "$(stems 2.2.0)" = "ad even" ]
[ "$(stems 3.1.1)" = "add evening" ]
