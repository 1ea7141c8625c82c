/* page.js: what is typed in, results of /search out. Everything that comes from
 * the server is put in as text, never as markup. */
"use strict";

const PATIENCE = 120; // milliseconds without a key before a search
const SHOWN_PARTS = 8;

const field = document.getElementById("query");
const count = document.getElementById("count");
const lists = document.getElementById("lists");
const statusLine = document.getElementById("status");
const wordsLine = document.getElementById("words"); // of one model

let models = []; // of /healthz: the model, and one to compare it with
let asked = 0; // searches begun; an answer to an older one is dropped
let running = null; // what cancels the last one
let timer = 0;

/* ---- elements ---- */

/* make("p", {class: "message"}, "text", child, ...) */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {}))
    if (value !== null) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function whole(number) {
  return number.toLocaleString("en-US");
}

function counted(number, noun) {
  return `${whole(number)} ${noun}${number === 1 ? "" : "s"}`;
}

function milliseconds(number) {
  return `${number < 10 ? number.toFixed(2) : number.toFixed(0)} ms`;
}

/* ---- asking ---- */

async function ask(path, signal) {
  let response;
  try {
    response = await fetch(path, { signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server does not answer.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok)
    throw new Error(answer.error || `The server answered ${response.status}.`);
  return answer;
}

function pathOf(query, model) {
  const parameters = new URLSearchParams({ q: query, k: count.value, explain: 1 });
  if (model > 0) parameters.set("model", "compare");
  return `/search?${parameters}`;
}

async function search() {
  const query = field.value.trim();
  const mine = ++asked;
  if (running) running.abort();
  running = new AbortController();
  remember(query);
  if (query === "") {
    showNothingAsked();
    return;
  }
  const start = performance.now();
  try {
    const all = models.length > 1 ? [0, 1] : [0];
    const answers = await Promise.all(
      all.map((model) => ask(pathOf(query, model), running.signal)),
    );
    if (mine === asked) show(answers, performance.now() - start);
  } catch (error) {
    if (mine === asked && error.name !== "AbortError") showError(error.message);
  }
}

/* The address holds the query, so that it can be sent to somebody. */
function remember(query) {
  const parameters = new URLSearchParams();
  if (query) parameters.set("q", query);
  if (count.value !== "10") parameters.set("k", count.value);
  const text = parameters.toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname);
  document.title = query ? `${query} – search` : "Search";
}

function recall() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  field.value = parameters.get("q") || "";
  count.value = parameters.get("k") || "10";
  if (count.value === "") count.value = "10";
}

/* ---- showing ---- */

function say(isError, ...parts) {
  statusLine.className = isError ? "error" : "";
  statusLine.replaceChildren(...parts);
}

function message(title, text) {
  return make("p", { class: "message" }, make("strong", null, title), text);
}

function showNothingAsked() {
  const items = models.length ? whole(models[0].items) : "";
  say(false, items ? `${items} items` : "");
  wordsLine.hidden = true;
  lists.replaceChildren();
}

function showError(text) {
  say(true, text);
  wordsLine.hidden = true;
  lists.replaceChildren();
}

function show(answers, elapsed) {
  const [first] = answers;
  say(
    false,
    make("strong", null, counted(first.results.length, "result")),
    ` of ${whole(first.items)} items in ${milliseconds(first.us / 1000)}`,
    `, ${milliseconds(elapsed)} to here`,
  );
  wordsLine.hidden = answers.length > 1;
  wordsLine.replaceChildren(knowledgeOf(first));
  lists.replaceChildren(
    ...answers.map((answer, i) => listOf(answer, answers[1 - i], i)),
  );
}

/* What the model knew of the query, and what else it searched for. */
function knowledgeOf(answer) {
  const words = answer.words || [];
  const parts = [];
  for (const word of words) {
    if (word.unknown === 0) continue;
    const kind = `word ${word.unknown === word.tokens ? "unknown" : "partly"}`;
    const known = word.tokens - word.unknown;
    parts.push(make("span", { class: "known" },
      make("span", { class: kind }, word.text),
      ` ${known} of ${counted(word.tokens, "token")} known`));
  }
  if (words.length && !parts.length) parts.push("All words known");
  if (answer.searched_also_for)
    parts.push(make("span", { class: "known" }, "searched also for ",
      make("span", { class: "also" }, answer.searched_also_for)));
  return make("p", { class: "knowledge" }, ...parts.flatMap((part, i) =>
    i ? [" · ", part] : [part]));
}

function listOf(answer, other, which) {
  const list = make("ol", { "aria-label": `Results of ${answer.model}` });
  list.append(...answer.results.map((hit, i) => rowOf(hit, i, other, which)));
  const section = make("section", null);
  if (other)
    section.append(
      make("h2", null, answer.model,
        make("span", null, milliseconds(answer.us / 1000))),
      knowledgeOf(answer),
    );
  if (answer.results.length) section.append(list);
  else
    section.append(
      message("Nothing found", answer.known
        ? "No item answers this query."
        : "The model knows no word of this query."),
    );
  return section;
}

function rowOf(hit, i, other, which) {
  const number = `hit-${which}-${i}`;
  const button = make(
    "button",
    { class: "hit", type: "button", "aria-expanded": "false", id: number },
    make("span", { class: "rank" }, String(hit.rank)),
    other ? moveOf(hit, other, which) : null,
    make("span", { class: "title" },
      make("span", { class: "text" }, hit.title || hit.id), factsOf(hit)),
    make("span", { class: "score" }, hit.score.toFixed(3)),
  );
  button.addEventListener("click", () => toggle(button, hit));
  return make("li", null, button);
}

/* Id and columns. */
function factsOf(hit) {
  const facts = make("span", { class: "facts" });
  facts.append(make("span", { class: "fact" }, make("i", null, "id "), hit.id));
  for (const [name, value] of Object.entries(hit.columns || {}))
    if (value !== null && value !== "")
      facts.append(
        make("span", { class: "fact" }, make("i", null, `${name} `),
          typeof value === "number" ? String(value) : value),
      );
  return facts;
}

/* Where the other model has the item: how far it moved from the first one. */
function moveOf(hit, other, which) {
  const there = other.results.find((one) => one.id === hit.id);
  const title = there ? `rank ${there.rank} in ${other.model}` : `not in ${other.model}`;
  const by = !there ? 0 : which ? there.rank - hit.rank : hit.rank - there.rank;
  const [kind, sign] = !there ? ["only", which ? "new" : "gone"]
    : by === 0 ? ["same", "="]
    : by > 0 ? ["up", `▲ ${by}`] : ["down", `▼ ${-by}`];
  return make("span", { class: `move ${kind}`, title }, sign,
    make("span", { class: "unseen" }, ` ${title}. `));
}

/* ---- what a score is made of ---- */

function toggle(button, hit) {
  const row = button.parentElement;
  const opens = button.getAttribute("aria-expanded") === "false";
  button.setAttribute("aria-expanded", String(opens));
  if (opens) row.append(partsOf(hit));
  else row.lastChild.remove();
}

/* From where it begins to where it ends, in hundredths of the widest part. */
function barOf(value, widest) {
  const width = (100 * Math.abs(value)) / widest;
  const bar = make("span", { class: value < 0 ? "take" : "add" });
  bar.style.width = `${width.toFixed(1)}%`;
  return make("div", { class: "bar", "aria-hidden": "true" }, bar);
}

function partsOf(hit) {
  const shares = Object.entries(hit.shares || {});
  const parts = make("div", { class: "parts" });
  const facts = [`Vector ${hit.vector_score.toFixed(3)}`];
  if (hit.confidence !== undefined)
    facts.push(`confidence ${hit.confidence.toFixed(3)}`);
  if (!shares.length) facts.push("the score is the vector's: nothing ranks anew");
  parts.append(make("p", null, facts.join(" · ")));
  if (!shares.length) return parts;
  shares.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  const shown = shares.slice(0, SHOWN_PARTS);
  const rest = shares.slice(SHOWN_PARTS);
  if (rest.length)
    shown.push([
      counted(rest.length, "other"),
      rest.reduce((sum, [, value]) => sum + value, 0),
    ]);
  const widest = Math.max(...shown.map(([, value]) => Math.abs(value)));
  const table = make("table", { "aria-label": "What the score is made of" });
  for (const [name, value] of shown)
    table.append(
      make("tr", null, make("th", { scope: "row" }, name),
        make("td", null, barOf(value, widest)),
        make("td", null, (value < 0 ? "−" : "+") + Math.abs(value).toFixed(3))),
    );
  parts.append(table);
  return parts;
}

/* ---- the keyboard ---- */

/* The result `step` rows from the one that has the keyboard, in its list, or in
 * the other one; the query above the first. */
function move(step, sideways) {
  const columns = [...lists.querySelectorAll("ol")].map((list) => [
    ...list.querySelectorAll(".hit"),
  ]);
  const at = columns.findIndex((rows) => rows.includes(document.activeElement));
  if (at < 0) {
    if (step > 0 && columns.length) columns[0][0].focus();
    return;
  }
  const row = columns[at].indexOf(document.activeElement) + step;
  const rows = columns[at + sideways] || columns[at];
  if (row < 0) field.focus();
  else rows[Math.min(row, rows.length - 1)].focus();
}

function onKey(event) {
  const typing = document.activeElement === field;
  const choosing = document.activeElement === count;
  if (event.ctrlKey || event.metaKey || event.altKey || choosing) return;
  if (event.key === "/" && !typing) {
    field.focus();
    field.select();
  } else if (event.key === "ArrowDown") move(1, 0);
  else if (event.key === "ArrowUp" && !typing) move(-1, 0);
  else if (event.key === "ArrowLeft" && !typing) move(0, -1);
  else if (event.key === "ArrowRight" && !typing) move(0, 1);
  else if (event.key === "Escape") {
    if (typing) {
      field.value = "";
      search();
    }
    field.focus();
  } else return;
  event.preventDefault();
}

/* ---- the start ---- */

async function start() {
  recall();
  try {
    const health = await ask("/healthz");
    models = health.models;
    for (const option of [...count.options])
      if (Number(option.value) > health.limits.k) option.remove();
    document.body.classList.toggle("two", models.length > 1);
    document.getElementById("models").textContent =
      `${models.map((model) => model.name).join(" · ")} – libsiamese ${health.version}`;
    search();
  } catch (error) {
    showError(error.message);
  }
}

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(search, PATIENCE);
});
count.addEventListener("change", search);
document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  search();
});
window.addEventListener("hashchange", () => {
  recall();
  search();
});
document.addEventListener("keydown", onKey);
start();
