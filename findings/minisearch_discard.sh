#!/bin/sh
# What: after documents of MiniSearch were discarded, the first search of a word
#   still counts them in its idf, although the number of documents is without them.
#   With more discarded holders of the word than documents left the logarithm is
#   negative: the item that has both words comes after one that has the other word,
#   with a score below 0. That search cleans up, so that the same one again is right.
# Versions: minisearch 7.2.0 of npm.
# For us: ranks of a shop's search by words depend on who searched before. Counts
#   of a catalogue's words go with its items here (docs/search.md).
# Guess: discard differs from remove in memory alone, as its documentation has it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts minisearch@7.2.0

cat > shop.mjs <<'JS'
import MiniSearch from 'minisearch'

const titles = ['red sofa', 'blue sofa', 'red lamp', 'oak desk', 'brass tap']
const items = titles.map((title, i) => ({ id: i + 1, title }))
const old = [...Array(15).keys()].map(i => ({ id: i + 100, title: 'sofa ' + i }))

for (const leave of ['removeAll', 'discardAll']) {
  const shop = new MiniSearch({ fields: ['title'] })
  shop.addAll(items.concat(old))
  if (leave === 'removeAll') shop.removeAll(old)
  else shop.discardAll(old.map(item => item.id))
  for (let again = 0; again < 2; again++) {
    const hits = shop.search('red sofa')
    console.log(leave, ...hits.map(hit => hit.id + ':' + hit.score.toFixed(1)))
  }
}
JS
found=$(node shop.mjs)
echo "$found"
[ "$found" = 'removeAll 1:5.3 3:1.3 2:1.3
removeAll 1:5.3 3:1.3 2:1.3
discardAll 3:1.3 1:-0.6 2:-1.6
discardAll 1:5.3 3:1.3 2:1.3' ]
