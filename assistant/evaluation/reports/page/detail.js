"use strict";
// What a question shows when it is opened. Texts from outside become text nodes, never markup.

const embedded = (id) => JSON.parse(document.getElementById(id).textContent);
const clauses = new Map(Object.entries(embedded("clauses")));

/** An element with attributes, and with children that are elements or text; empty children are left out. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child !== "" && child != null));
  return element;
}

const KINDS = { 正确: "good", 正确拒答: "good", 新对: "good", 错误: "bad", 误拒: "bad", 新错: "bad" };
const badge = (text) => (text ? make("span", { class: `badge ${KINDS[text] ?? ""}` }, text) : "");

const part = (title, ...content) =>
  content.flat().some(Boolean) ? make("section", {}, make("h3", {}, title), ...content) : "";
const items = (texts, kind) => (texts.length ? make("ul", { class: kind }, texts.map((text) => make("li", {}, text))) : "");
const ROLES = { user: "用户", assistant: "助手" };

function detailOf(question) {
  return make(
    "article",
    { "aria-label": question.id },
    make(
      "div",
      { class: "sides" },
      make("div", {}, asked(question), expected(question)),
      make("div", {}, failures(question), answered(question), judged(question), difference(question)),
    ),
    citations(question),
    retrieved(question),
    scores(question),
  );
}

function asked(question) {
  const turns = question.history.map((turn) => `${ROLES[turn.role]}：${turn.content}`);
  return [
    part("先前的对话", items(turns, "turns")),
    part("题目", make("p", { class: "text" }, question.question), question.scope ? make("p", { class: "soft" }, `选定地区：${question.scope}`) : ""),
  ];
}

function expected(question) {
  const groups = question.must_include.map((group) => group.map((text) => make("q", {}, text)));
  const facts = groups.map((group) => make("li", {}, group.flatMap((text, number) => (number ? [" 或 ", text] : [text]))));
  return part(
    "应有的回答",
    question.answerable ? "" : make("p", {}, "语料中没有答案，应拒答"),
    question.gold.length > 1 ? make("p", { class: "soft" }, question.gold_mode === "any" ? "引用其一即可：" : "都要引用：") : "",
    question.gold.map(gold),
    facts.length ? [make("h4", {}, "须包含"), make("ul", {}, facts)] : "",
    question.must_not_include.length ? [make("h4", {}, "不得包含"), items(question.must_not_include, "")] : "",
    question.note ? make("p", { class: "soft" }, `说明：${question.note}`) : "",
  );
}

function gold(wanted) {
  const rank = wanted.rank ? `检索第 ${wanted.rank} 位` : "未检索到";
  const marks = [make("span", { class: `badge ${wanted.rank ? "" : "bad"}` }, rank)];
  if (wanted.cited !== null) {
    marks.push(make("span", { class: `badge ${wanted.cited ? "good" : ""}` }, wanted.cited ? "已引用" : "未引用"));
  }
  return clauseBox(wanted.clause, wanted.name, marks);
}

/** A clause to fold out; only its name where the corpus does not have it. */
function clauseBox(id, name, marks) {
  const clause = clauses.get(id);
  const title = clause ? [make("span", { class: "label" }, clause.label), make("span", { class: "soft" }, clause.document)] : name;
  if (!clause) return make("p", { class: "clause" }, title, make("span", { class: "badge bad" }, "语料中没有"), marks);
  return make("details", { class: "clause" }, make("summary", {}, title, marks), make("p", { class: "original" }, clause.text));
}

function failures(question) {
  return part("发现的问题", items(question.failures, "failures"));
}

function answered({ answer }) {
  return answer ? part(answer.status ? `回答：${answer.status}` : "回答", make("p", { class: "text answer" }, answer.text)) : "";
}

function judged(question) {
  return question.judged ? part("评审的理由", make("p", { class: "text" }, question.judged)) : "";
}

function difference({ before }) {
  if (!before?.pieces) return "";
  const tags = { same: "span", old: "del", new: "ins" };
  const pieces = before.pieces.map(([kind, text]) => make(tags[kind], {}, text));
  return part(
    `与基线的差别`,
    make("p", { class: "text difference" }, pieces),
    before.status ? make("p", { class: "soft" }, `基线：${before.status}`) : "",
    before.failures.length ? make("p", { class: "soft" }, `基线的问题：${before.failures.join("；")}`) : "",
  );
}

/** Where a quote stands in a text, white space aside: [start, end), or null. */
function rangeOf(quote, text) {
  const places = [...text.matchAll(/\S/g)].map((match) => match.index);
  const wanted = quote.replace(/\s/g, "");
  const start = wanted ? text.replace(/\s/g, "").indexOf(wanted) : -1;
  return start < 0 ? null : [places[start], places[start + wanted.length - 1] + 1];
}

function citation(cited) {
  const text = clauses.get(cited.clause)?.text ?? "";
  const range = rangeOf(cited.quote, text);
  const facts = [cited.number || "无文号", cited.region, cited.status].filter(Boolean).join(" · ");
  const warning = text ? "引文与条款原文不符：" : "语料中没有这一条，只能显示引文：";
  const original = range
    ? make("p", { class: "original" }, text.slice(0, range[0]), make("mark", {}, text.slice(...range)), text.slice(range[1]))
    : [make("p", { class: "bad" }, warning), make("blockquote", {}, cited.quote), make("p", { class: "original" }, text)];
  return make(
    "li",
    {},
    make("h4", {}, `[${cited.n}] ${cited.label}`),
    make("p", { class: "soft" }, `《${cited.document}》${facts}`),
    original,
  );
}

function citations({ answer }) {
  return answer?.citations.length ? part("引用", make("ol", { class: "citations" }, answer.citations.map(citation))) : "";
}

function retrieved(question) {
  const wanted = new Set(question.gold.map((gold) => gold.clause));
  const before = question.before?.retrieved;
  const boxes = question.retrieved.map(([id, score]) => {
    const rank = before ? before.indexOf(id) + 1 : 0;
    return make(
      "li",
      {},
      clauseBox(id, id, [
        wanted.has(id) ? make("span", { class: "badge good" }, "依据") : "",
        before ? make("span", { class: "badge" }, rank ? `基线第 ${rank} 位` : "基线前 10 位没有") : "",
        make("span", { class: "soft score" }, score.toFixed(3)),
      ]),
    );
  });
  return part(`检索到的前 ${boxes.length} 条`, boxes.length ? make("ol", { class: "retrieved" }, boxes) : "");
}

function scores(question) {
  const shown = ([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, typeof value === "number" ? String(Math.round(value * 1000) / 1000) : value ? "是" : "否"));
  return part("得分", make("dl", { class: "scores" }, Object.entries(question.scores).map(shown)));
}
