"use strict";
/* The points of a map: drawn pixel by pixel, since a hundred thousand small discs
 * are no work for a processor but much for a canvas's own paths. */
(() => {
const element = id => document.getElementById(id);
const data = JSON.parse(element("data").textContent);
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const count = data.count;
const places = new Uint16Array(bytes(data.places).buffer);
const color = data.color;
const codes = color && color.kind === "categories"
  ? new Uint32Array(bytes(color.codes).buffer) : null;
const values = color && color.kind === "numbers"
  ? new Float32Array(bytes(color.values).buffer) : null;
const SIDE = 65535; /* of the square that the places are in */
const grouped = new Intl.NumberFormat("en");

/* ---- colours ---- */

/* Paul Tol's schemes "muted" and "light", which color-blind people tell apart. */
const NAMED = {
  light: ["#332288", "#cc6677", "#117733", "#88ccee", "#aa4499", "#999933",
    "#44aa99", "#882255"],
  dark: ["#77aadd", "#ee8866", "#44bb99", "#eedd88", "#ffaabb", "#bbcc33",
    "#99ddff", "#c9a6ff"],
};
const REST = {light: "#9aa1ab", dark: "#6b7482"};
const LONE = {light: "#0072b2", dark: "#56b4e9"};
/* Stops of cividis (Nunez, Anderton and Renslow 2018). */
const SCALE = ["#00204d", "#31446b", "#666970", "#958f78", "#cbba69", "#ffea46"];
const dark = matchMedia("(prefers-color-scheme: dark)");
const mode = () => dark.matches ? "dark" : "light";
const parts = hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));

function scaled(share) {
  const at = share * (SCALE.length - 1);
  const i = Math.min(Math.floor(at), SCALE.length - 2);
  const a = parts(SCALE[i]), b = parts(SCALE[i + 1]);
  return a.map((v, k) => Math.round(v + (b[k] - v) * (at - i)));
}

/* palette[3 k ..]: what colour number k is; shades[i]: the number of item i. */
const shades = new Uint16Array(count);
let palette, ground, bare; /* bare: a pixel of the ground */

function shade() {
  const m = mode();
  let list;
  if (codes) {
    const named = NAMED[m].length;
    list = NAMED[m].concat(REST[m]).map(parts);
    for (let i = 0; i < count; i++)
      shades[i] = codes[i] === 0 || codes[i] > named ? named : codes[i] - 1;
  } else if (values) {
    const width = color.high - color.low || 1;
    list = Array.from({length: 256}, (_, k) => scaled(k / 255));
    list.push(parts(REST[m]));
    for (let i = 0; i < count; i++) {
      const share = (values[i] - color.low) / width;
      shades[i] = Number.isNaN(share) ? 256
        : Math.round(255 * Math.min(1, Math.max(0, share)));
    }
  } else {
    list = [parts(LONE[m])];
  }
  palette = Uint8Array.from(list.flat());
  ground = getComputedStyle(document.body).backgroundColor.match(/\d+/g)
    .slice(0, 3).map(Number);
}

/* ---- a grid, for what is under the pointer ---- */

const CELLS = 256;
const first = new Uint32Array(CELLS * CELLS + 1);
const inside = new Uint32Array(count);
const cellOf = i => (places[2 * i + 1] >> 8) * CELLS + (places[2 * i] >> 8);
for (let i = 0; i < count; i++) first[cellOf(i) + 1]++;
for (let c = 0; c < CELLS * CELLS; c++) first[c + 1] += first[c];
{
  const next = first.slice();
  for (let i = 0; i < count; i++) inside[next[cellOf(i)]++] = i;
}

/* The item nearest to a place, at most `reach` away, of those that are lit; -1. */
function nearest(x, y, reach) {
  const low = v => Math.max(0, Math.floor((v - reach) / CELLS));
  const high = v => Math.min(CELLS - 1, Math.floor((v + reach) / CELLS));
  let best = -1, least = reach * reach;
  for (let row = low(y); row <= high(y); row++)
    for (let c = row * CELLS + low(x); c <= row * CELLS + high(x); c++)
      for (let k = first[c]; k < first[c + 1]; k++) {
        const i = inside[k];
        const dx = places[2 * i] - x, dy = places[2 * i + 1] - y;
        const square = dx * dx + dy * dy;
        if (square <= least && (!lit || lit[i])) {
          least = square;
          best = i;
        }
      }
  return best;
}

/* ---- the view ---- */

const view = element("view"), points = element("points"), marks = element("marks");
const paper = points.getContext("2d"), pen = marks.getContext("2d");
let width = 0, height = 0, ratio = 1; /* of the view in CSS pixels, and device's */
let scale = 1, left = 0, top = 0;     /* device pixels a unit; of place 0, SIDE */
let whole = 1;                        /* the scale that shows all */
let image, pixels;
let lit = null, litCount = 0;         /* items that a search or a legend keeps */
let marked = -1;                      /* the item that is pointed at */

const screenX = i => left + places[2 * i] * scale;
const screenY = i => top + (SIDE - places[2 * i + 1]) * scale;

function fit() {
  const margin = 28 * ratio;
  whole = Math.max(1e-6, Math.min(width * ratio - 2 * margin,
    height * ratio - 2 * margin) / SIDE);
}

function showAll() {
  scale = whole;
  left = (width * ratio - SIDE * scale) / 2;
  top = (height * ratio - SIDE * scale) / 2;
  redraw();
}

function zoom(by, x, y) {
  const to = Math.min(whole * 400, Math.max(whole * .5, scale * by));
  left = x - (x - left) * to / scale;
  top = y - (y - top) * to / scale;
  scale = to;
  redraw();
}

/* ---- drawing ---- */

/* How much of each pixel a disc covers, around its middle, of 256. */
function stamp(radius) {
  const reach = Math.ceil(radius + .5), side = 2 * reach + 1;
  const cover = new Uint16Array(side * side);
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++)
      cover[(y + reach) * side + x + reach] = Math.round(256 *
        Math.min(1, Math.max(0, radius + .5 - Math.hypot(x, y))));
  return {reach, side, cover};
}

/* Many points lie thinly over each other, so that it shows where most are; fewer
 * are seen the closer it is. */
const baseRadius = count > 20000 ? 1.3 : count > 4000 ? 2.2 : 3;
const baseOpacity = count > 20000 ? 64 : count > 4000 ? 160 : 210;
const radius = () => ratio * Math.min(7,
  baseRadius + .55 * Math.max(0, Math.log2(scale / whole)));

/* grey: instead of the item's own colour, and no thicker over each other. */
function disc(i, s, opacity, grey) {
  const w = image.width, h = image.height;
  const cx = Math.round(screenX(i)), cy = Math.round(screenY(i));
  if (cx < -s.reach || cy < -s.reach || cx >= w + s.reach || cy >= h + s.reach)
    return;
  const at = 3 * shades[i];
  const r = grey ? grey[0] : palette[at];
  const g = grey ? grey[1] : palette[at + 1];
  const b = grey ? grey[2] : palette[at + 2];
  const fromX = Math.max(0, cx - s.reach), toX = Math.min(w - 1, cx + s.reach);
  const fromY = Math.max(0, cy - s.reach), toY = Math.min(h - 1, cy + s.reach);
  for (let y = fromY; y <= toY; y++) {
    let c = (y - cy + s.reach) * s.side + fromX - cx + s.reach;
    for (let p = y * w + fromX; p <= y * w + toX; p++, c++) {
      const a = s.cover[c] * opacity >> 8;
      if (!a) continue;
      const d = pixels[p];
      if (grey && d !== bare) continue;
      const dr = d & 255, dg = d >> 8 & 255, db = d >> 16 & 255;
      pixels[p] = 0xff000000 | db + ((b - db) * a >> 8) << 16 |
        dg + ((g - dg) * a >> 8) << 8 | dr + ((r - dr) * a >> 8);
    }
  }
}

function draw() {
  wanted = false;
  if (!image) return;
  bare = (0xff000000 | ground[2] << 16 | ground[1] << 8 | ground[0]) >>> 0;
  pixels.fill(bare);
  const s = stamp(radius());
  const opacity = Math.min(220,
    baseOpacity * Math.pow(Math.max(1, scale / whole), .8));
  if (lit) {
    const grey = parts(REST[mode()]);
    for (let i = 0; i < count; i++) if (!lit[i]) disc(i, s, 56, grey);
    const more = litCount < 4000 ? stamp(radius() * 1.5) : s;
    for (let i = 0; i < count; i++) if (lit[i]) disc(i, more, 256, null);
  } else {
    for (let i = 0; i < count; i++) disc(i, s, opacity, null);
  }
  paper.putImageData(image, 0, 0);
  drawMarks();
}

let wanted = false;
function redraw() {
  if (!wanted) requestAnimationFrame(draw);
  wanted = true;
}

/* The ring around the item that is pointed at, and its label. */
function drawMarks() {
  const tip = element("tip");
  pen.clearRect(0, 0, marks.width, marks.height);
  tip.hidden = marked < 0;
  marks.classList.toggle("over", marked >= 0);
  if (marked < 0) return;
  const x = screenX(marked), y = screenY(marked);
  pen.lineWidth = 2 * ratio;
  pen.strokeStyle = getComputedStyle(document.body).color;
  pen.beginPath();
  pen.arc(x, y, radius() + 3.5 * ratio, 0, 2 * Math.PI);
  pen.stroke();
  tip.replaceChildren(data.titles[marked] || data.ids[marked]);
  const small = document.createElement("small");
  small.textContent = below(marked);
  tip.append(small);
  place(tip, x / ratio, y / ratio);
}

function below(i) {
  let text = data.ids[i];
  if (codes) text += codes[i] ? ` \u00b7 ${color.names[codes[i] - 1]}` : "";
  if (values && !Number.isNaN(values[i]))
    text += ` \u00b7 ${color.column} ${Number(values[i].toPrecision(6))}`;
  return text;
}

function place(tip, x, y) {
  const gap = 14;
  const toLeft = x + gap + tip.offsetWidth > width;
  const upwards = y + gap + tip.offsetHeight > height;
  tip.style.left = `${Math.max(4, toLeft ? x - gap - tip.offsetWidth : x + gap)}px`;
  tip.style.top = `${Math.max(4, upwards ? y - gap - tip.offsetHeight : y + gap)}px`;
}

function mark(i) {
  if (i === marked) return;
  marked = i;
  drawMarks();
}

/* ---- pointers and keys ---- */

const held = new Map(); /* pointers that are down, and where */
const at = event => {
  const box = marks.getBoundingClientRect();
  return [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio];
};

function pointAt([x, y], touch) {
  mark(nearest((x - left) / scale, SIDE - (y - top) / scale,
    ((touch ? 22 : 12) * ratio) / scale));
}

marks.addEventListener("pointerdown", event => {
  marks.setPointerCapture(event.pointerId);
  held.set(event.pointerId, at(event));
  marks.classList.add("held");
  if (event.pointerType !== "mouse") pointAt(at(event), true);
});
marks.addEventListener("pointermove", event => {
  const now = at(event), before = held.get(event.pointerId);
  if (!before) {
    pointAt(now, false);
    return;
  }
  const other = [...held].find(([id]) => id !== event.pointerId);
  if (other) { /* two fingers: by how much they part, around their middle */
    const o = other[1];
    const apart = p => Math.hypot(p[0] - o[0], p[1] - o[1]) || 1;
    zoom(apart(now) / apart(before), (now[0] + o[0]) / 2, (now[1] + o[1]) / 2);
  }
  const share = other ? .5 : 1;
  left += (now[0] - before[0]) * share;
  top += (now[1] - before[1]) * share;
  held.set(event.pointerId, now);
  redraw();
});
for (const end of ["pointerup", "pointercancel"])
  marks.addEventListener(end, event => {
    held.delete(event.pointerId);
    if (!held.size) marks.classList.remove("held");
  });
marks.addEventListener("pointerleave", event => {
  if (event.pointerType === "mouse" && !held.size) mark(-1);
});
marks.addEventListener("wheel", event => {
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 16 : 1;
  zoom(Math.exp(-event.deltaY * lines * .0016), ...at(event));
}, {passive: false});
marks.addEventListener("dblclick", event => zoom(2, ...at(event)));

const middle = () => [width * ratio / 2, height * ratio / 2];
const zooms = {in: () => zoom(1.6, ...middle()), out: () => zoom(1 / 1.6, ...middle()),
  all: showAll};
for (const button of document.querySelectorAll("[data-zoom]"))
  button.addEventListener("click", () => zooms[button.dataset.zoom]());
marks.addEventListener("keydown", event => {
  const step = 60 * ratio;
  const moves = {ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step],
    ArrowDown: [0, -step]};
  const keys = {"+": "in", "=": "in", "-": "out", "0": "all"};
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (moves[event.key]) {
    left += moves[event.key][0];
    top += moves[event.key][1];
    redraw();
  } else if (keys[event.key]) {
    zooms[keys[event.key]]();
  } else {
    return;
  }
  event.preventDefault();
});

/* ---- search and legend ---- */

const query = element("query");
const SHOWN = 50;
let chosen = -1; /* the entry of the legend that is pressed */
let lower = null;

function goTo(i) {
  scale = Math.max(scale, whole * 12);
  left = width * ratio / 2 - places[2 * i] * scale;
  top = height * ratio / 2 - (SIDE - places[2 * i + 1]) * scale;
  marked = i;
  redraw();
}

function keep() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const named = NAMED.light.length;
  const list = [];
  lower = lower || data.titles.map((title, i) => `${title} ${data.ids[i]}`.toLowerCase());
  lit = words.length || chosen >= 0 ? new Uint8Array(count) : null;
  litCount = 0;
  for (let i = 0; lit && i < count; i++) {
    if (chosen >= 0 && shades[i] !== chosen) continue;
    if (!words.every(word => lower[i].includes(word))) continue;
    lit[i] = 1;
    litCount++;
    if (words.length && list.length < SHOWN) list.push(i);
  }
  element("count").textContent = !lit ? `${grouped.format(count)} items`
    : `${grouped.format(litCount)} of ${grouped.format(count)} items`;
  element("found").replaceChildren(...list.map(i => {
    const entry = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = data.titles[i] || data.ids[i];
    button.addEventListener("click", () => goTo(i));
    entry.append(button);
    return entry;
  }));
  if (marked >= 0 && lit && !lit[marked]) marked = -1;
  redraw();
}

query.addEventListener("input", keep);
query.addEventListener("keydown", event => {
  const one = element("found").querySelector("button");
  if (event.key === "Enter" && one) one.click();
  if (event.key === "Escape") {
    query.value = "";
    keep();
  }
});

function entryOf(k, name, number) {
  const button = document.createElement("button");
  const dot = document.createElement("i");
  const label = document.createElement("bdi");
  const small = document.createElement("small");
  dot.style.background = `rgb(${palette.slice(3 * k, 3 * k + 3).join(" ")})`;
  label.textContent = label.title = name;
  small.textContent = grouped.format(number);
  button.type = "button";
  button.setAttribute("aria-pressed", String(chosen === k));
  button.append(dot, label, small);
  button.addEventListener("click", () => {
    chosen = chosen === k ? -1 : k;
    legend();
    keep();
  });
  return button;
}

function namedEntries() {
  const named = NAMED.light.length;
  const entries = color.counts.slice(0, named)
    .map((number, k) => entryOf(k, color.names[k], number));
  const more = color.names.length - Math.min(named, color.names.length);
  const others = color.counts.slice(named).reduce((a, b) => a + b, 0);
  const rest = more === 1 ? "1 other" : `${grouped.format(more)} others`;
  const name = more && color.missing ? `${rest}, or none` : more ? rest : "none";
  if (more || color.missing)
    entries.push(entryOf(named, name, others + color.missing));
  return entries;
}

function scaleEntries() {
  const ramp = document.createElement("canvas");
  const ends = document.createElement("div");
  ramp.width = 256;
  ramp.height = 1;
  const line = ramp.getContext("2d").createImageData(256, 1);
  for (let k = 0; k < 256; k++)
    line.data.set([...palette.slice(3 * k, 3 * k + 3), 255], 4 * k);
  ramp.getContext("2d").putImageData(line, 0, 0);
  ends.className = "ends";
  for (const end of [color.low, color.high]) {
    const span = document.createElement("span");
    span.textContent = String(Number(end.toPrecision(6)));
    ends.append(span);
  }
  const entries = [ramp, ends];
  if (color.missing) entries.push(entryOf(256, "none", color.missing));
  return entries;
}

function legend() {
  if (!color) return;
  element("colors").hidden = false;
  element("column").textContent = color.column;
  element("legend").replaceChildren(...(codes ? namedEntries() : scaleEntries()));
}

/* ---- all of it ---- */

function resize() {
  const first = !image;
  const x = width, y = height, before = ratio;
  width = view.clientWidth;
  height = view.clientHeight;
  ratio = Math.min(2, devicePixelRatio || 1);
  for (const canvas of [points, marks]) {
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
  }
  image = paper.createImageData(points.width, points.height);
  pixels = new Uint32Array(image.data.buffer);
  fit();
  if (first) {
    showAll();
    draw(); /* what is asked of a page that is not seen may never come */
  } else { /* what was in the middle stays there */
    const by = ratio / before;
    left = (left - x * before / 2) * by + width * ratio / 2;
    top = (top - y * before / 2) * by + height * ratio / 2;
    scale *= by;
    redraw();
  }
}

element("note").textContent = data.note;
shade();
legend();
keep();
new ResizeObserver(resize).observe(view);
dark.addEventListener("change", () => {
  shade();
  legend();
  redraw();
});
})();
