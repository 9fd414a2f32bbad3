// The table of questions, a stretch at a time, and what moves through it.

const PAGE = 100; // rows that are added at a time

const rows = document.getElementById("rows");
const more = document.getElementById("more");

let matching = [];
let shown = 0;

function refresh() {
  matching = chosen();
  shown = 0;
  rows.replaceChildren();
  showMore();
}

function showAll() {
  form.reset();
  refresh();
}

function showMore(most = PAGE) {
  const next = matching.slice(shown, shown + most);
  rows.append(...next.flatMap(rowsOf));
  shown += next.length;
  const left = matching.length - shown;
  more.hidden = left === 0;
  more.textContent = `再显示 ${Math.min(PAGE, left)} 题（还有 ${left} 题）`;
  document.getElementById("count").textContent =
    matching.length === questions.length ? `共 ${matching.length} 题` : `符合条件 ${matching.length} 题，共 ${questions.length} 题`;
}

function rowsOf(question) {
  const detail = make("tr", { class: "detail", id: `detail-${questions.indexOf(question)}` });
  detail.hidden = true;
  const button = make("button", { type: "button", "aria-expanded": "false", "aria-controls": detail.id }, question.id);
  const row = make(
    "tr",
    { class: "question" },
    make("th", { scope: "row" }, button),
    make("td", { class: "asked" }, make("span", {}, question.question)),
    make("td", { class: "kind" }, question.type),
    make("td", { class: "kind" }, question.style),
    make("td", {}, badge(question.outcome)),
    make("td", {}, badge(question.change)),
  );
  row.addEventListener("click", (event) => {
    const isSelecting = event.target !== button && String(getSelection());
    if (!isSelecting) toggle(question, button, detail);
  });
  return [row, detail];
}

function toggle(question, button, detail) {
  if (!detail.hasChildNodes()) detail.append(make("td", { colspan: "6" }, detailOf(question)));
  detail.hidden = !detail.hidden;
  button.setAttribute("aria-expanded", String(!detail.hidden));
}

/** Opens the question that the address names, whatever the filters say. */
function openNamed() {
  const name = decodeURIComponent(location.hash.slice(1));
  const position = questions.findIndex((question) => question.id === name);
  if (position < 0) return;
  showAll();
  if (position >= shown) showMore(Math.ceil((position + 1 - shown) / PAGE) * PAGE);
  const button = rows.children[2 * position].querySelector("button");
  button.click();
  button.scrollIntoView({ block: "start" });
  button.focus({ preventScroll: true });
}

form.addEventListener("input", refresh);
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("all").addEventListener("click", showAll);
more.addEventListener("click", () => showMore());
addEventListener("hashchange", openNamed);
for (const group of document.querySelectorAll(".group")) {
  group.addEventListener("click", () => {
    form.reset();
    FILTERS[group.dataset.filter].select.value = `=${group.dataset.value}`;
    refresh();
    document.getElementById("questions-title").scrollIntoView();
  });
}
refresh();
openNamed();
