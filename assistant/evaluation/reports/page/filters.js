// Which questions are shown.

const questions = embedded("questions");
const titles = new Map(Object.entries(embedded("titles")));
const form = document.querySelector(".filters");
const search = document.getElementById("search");

const RESULTS = {
  正确: ["正确"],
  错误: ["错误"],
  正确拒答: ["正确", "拒答"],
  误拒: ["错误", "拒答"],
  不计分: ["不计分"],
}; // what a question is found under, by its outcome
const listed = (key) => ({ values: (question) => (question[key].length ? question[key] : [""]) });
const FILTERS = {
  type: { label: "题型", values: (question) => [question.type] },
  style: { label: "问法", values: (question) => [question.style] },
  place: { label: "地区", ...listed("places") },
  document: { label: "文件", ...listed("documents"), names: titles },
  result: { label: "结果", values: (question) => RESULTS[question.outcome] },
  change: { label: "变化", values: (question) => [question.change], names: new Map([["", "无变化"]]) },
};

function counted(filter) {
  const counts = new Map();
  for (const question of questions) {
    for (const value of filter.values(question)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function addFilter([name, filter]) {
  const counts = counted(filter);
  const options = [...counts].map(([value, count]) =>
    make("option", { value: `=${value}` }, `${filter.names?.get(value) ?? (value || "（未注明）")} · ${count}`),
  );
  const id = `filter-${name}`;
  filter.select = make("select", { id }, make("option", { value: "" }, "全部"), options);
  const field = make("p", {}, make("label", { for: id }, filter.label), filter.select);
  field.hidden = counts.size < 2;
  document.getElementById("all").before(field);
}

const squeezed = (text) => text.normalize("NFKC").toLowerCase();

function searchable(question) {
  question.searchable ??= squeezed(
    [question.id, question.question, question.answer?.text ?? "", question.note, ...question.failures].join("\n"),
  );
  return question.searchable;
}

function chosen() {
  const words = squeezed(search.value).split(/\s+/).filter(Boolean);
  const active = Object.values(FILTERS).filter((filter) => filter.select.value);
  return questions.filter(
    (question) =>
      active.every((filter) => filter.values(question).includes(filter.select.value.slice(1))) &&
      words.every((word) => searchable(question).includes(word)),
  );
}

Object.entries(FILTERS).forEach(addFilter);
