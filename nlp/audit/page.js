// Draws the plots, sorts tables, filters the cases. Without it the page still reads: tables and cases are all there.

const STEP = 25;
const { charts, locale } = JSON.parse(document.getElementById("data").textContent);

for (const place of document.querySelectorAll("[data-chart]")) {
  // „ast“: expressions are interpreted, so that the page needs no right to make code out of text
  const options = { mode: "vega-lite", renderer: "svg", actions: false, ast: true, formatLocale: locale.number, timeFormatLocale: locale.time };
  window.vegaEmbed(place, charts[place.dataset.chart], options).then(() => place.classList.add("drawn"));
}

/** What a cell is sorted by: its value, if it has one of its own, else its text; figures as figures. */
function key(row, column) {
  const cell = row.cells[column];
  const text = cell.dataset.value ?? cell.textContent.trim().replace(/^([\d.]+)$/, (figure) => figure.replaceAll(".", ""));
  return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
}

function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "de", { numeric: true });
}

for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  table.classList.add("sorting");
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const figures = head.classList.contains("n");
    const down = head.ariaSort ? head.ariaSort === "ascending" : figures;
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].sort((a, b) => (down ? -1 : 1) * compare(key(a, column), key(b, column)));
    table.tBodies[0].append(...rows);
    if (table.classList.contains("cases")) show();
  }));
}

const cases = document.querySelector("table.cases");
const choices = ["kind", "tag", "assistant", "type"].map((id) => document.getElementById(id));
const words = document.getElementById("words");
const more = document.getElementById("more");
let limit = STEP;

/** Shows the first cases that fit the filters, and says how many there are. */
function show() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let fitting = 0;
  let scored = false;
  for (const row of cases.tBodies[0].rows) {
    const fits = choices.every((choice) => !choice.value || row.dataset[choice.id] === choice.value)
      && wanted.every((word) => row.textContent.toLowerCase().includes(word));
    fitting += fits;
    row.hidden = !fits || fitting > limit;
    scored ||= !row.hidden && row.dataset.tag !== "";
  }
  cases.classList.toggle("unscored", !scored);
  const seen = Math.min(limit, fitting);
  document.getElementById("shown").textContent = fitting ? `${seen} von ${fitting} Fällen` : "Kein Fall passt zu dieser Auswahl.";
  more.hidden = seen >= fitting;
}

function choose(kind) {
  choices.forEach((choice) => { choice.value = choice.id === "kind" ? kind : ""; });
  words.value = "";
  limit = STEP;
  show();
}

if (cases) {
  document.querySelector(".filters").hidden = false;
  [...choices, words].forEach((control) => control.addEventListener("input", () => { limit = STEP; show(); }));
  more.addEventListener("click", () => { limit += STEP; show(); });
  document.getElementById("reset").addEventListener("click", () => choose(""));
  document.querySelectorAll("[data-show]").forEach((link) => link.addEventListener("click", () => choose(link.dataset.show)));
  show();
}
