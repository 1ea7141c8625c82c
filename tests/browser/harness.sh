#!/bin/sh
# What the tests of pages look with: that it sees a request that leaves a page, an
# error of a script, markup that became an element, and the dark.
. tests/browser/harness.inc

cat >"$work/quiet.html" <<'END_OF_PAGE'
<!doctype html><meta charset="utf-8"><title>quiet</title>
<style>body { background: #fff } @media (prefers-color-scheme: dark) {
body { background: #000 } }</style><input id="field"><p id="said"></p>
<script>document.getElementById("field").addEventListener("input", event => {
document.getElementById("said").textContent = event.target.value })</script>
END_OF_PAGE
cat >"$work/loud.html" <<'END_OF_PAGE'
<!doctype html><meta charset="utf-8"><title>loud</title>
<div style="width: 3000px">wide</div>
<img src="http://127.0.0.1:1/elsewhere.png"><script>none.such()</script>
END_OF_PAGE
browse harness.py "$work/quiet.html" "$work/loud.html"
