/* What happens in the browser: opens the source of a citation, scrolls, keeps the language. */
"use strict";

const policyPage = {
  opener: null,

  /* Keeps the language of the document, which Gradio would set to that of the browser. */
  speak(language) {
    const root = document.documentElement;
    const keep = () => root.lang === language || (root.lang = language);
    new MutationObserver(keep).observe(root, { attributeFilter: ["lang"] });
    keep();
  },

  /* The source panel of a tab loads the text of a clause from Python and marks the quoted sentence. */
  source(element, props, server) {
    document.addEventListener("click", async (event) => {
      const target = event.target.closest("[data-clause]");
      const isHere = target?.closest(".desk") === element.closest(".desk");
      if (!target || !isHere || !getSelection().isCollapsed) return;
      policyPage.opener = target.querySelector("button") || target;
      const { clause, start, end } = target.dataset;
      props.value = await server.open_source({ clause, start, end });
      requestAnimationFrame(() => policyPage.reveal(element));
    });
    const close = () => {
      props.value = props.empty;
      policyPage.opener?.focus();
    };
    element.addEventListener("click", (event) => event.target.closest(".close") && close());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && element.querySelector(".source")) close();
    });
  },

  /* Scrolls inside the panel only, so that the chat beside it stays where it is. */
  reveal(element) {
    const text = element.querySelector(".source-text");
    const clause = element.querySelector(".target");
    if (!text || !clause) return;
    const mark = clause.querySelector("mark") || clause;
    const visible = mark.getBoundingClientRect().bottom - clause.getBoundingClientRect().top < text.clientHeight;
    const top = (visible ? clause : mark).getBoundingClientRect().top - text.getBoundingClientRect().top;
    text.scrollTop += top - 12;
    element.querySelector("h2").focus({ preventScroll: true });
  },

  /* The newest question moves to the top of the chat, so that its answer is read from the beginning. */
  conversation(element, watch, server) {
    element.addEventListener("click", (event) => {
      const thumb = event.target.closest(".feedback [data-verdict]");
      if (thumb) policyPage.judge(thumb.closest(".feedback"), server, thumb.dataset.verdict);
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const panel = event.target.closest(".feedback");
      const { verdict } = panel.querySelector("[aria-pressed=true]").dataset;
      policyPage.judge(panel, server, verdict, panel.querySelector("textarea").value);
    });
    let shown = 0;
    watch("value", () => {
      const exchanges = element.querySelectorAll(".exchange");
      if (exchanges.length !== shown) exchanges[exchanges.length - 1]?.scrollIntoView({ block: "start" });
      shown = exchanges.length;
    });
  },

  /* A thumb or a comment goes to Python, which says what it has kept of it. */
  async judge(panel, server, verdict, comment) {
    const status = panel.querySelector("[role=status]");
    const { answer, failed } = panel.dataset;
    status.textContent = "";
    const kept = (await server.judge({ answer, verdict, comment }).catch(() => null)) ?? { message: failed };
    status.textContent = kept.message;
    if (!kept.verdict) return;
    for (const thumb of panel.querySelectorAll("[data-verdict]")) {
      thumb.setAttribute("aria-pressed", thumb.dataset.verdict === kept.verdict);
    }
    panel.querySelector("form").hidden = false;
    if (comment !== undefined) panel.querySelector("textarea").value = kept.comment;
  },

  /* An address with ?clause=… opens the tab of that name; its reader then opens the clause. */
  follow(tab) {
    if (!new URLSearchParams(location.search).has("clause")) return;
    const open = () => {
      const button = [...document.querySelectorAll("[role=tab]")].find((found) => found.textContent.trim() === tab);
      if (!button) return;
      watcher.disconnect();
      button.click();
    };
    const watcher = new MutationObserver(open);
    watcher.observe(document.documentElement, { childList: true, subtree: true });
  },

  /* Searches while somebody types; an answer that comes late is not shown. */
  search(element, server) {
    const [field, place] = [element.querySelector("input"), element.querySelector("[aria-live]")];
    let latest = 0;
    field.addEventListener("input", async () => {
      const own = ++latest;
      await new Promise((resolve) => setTimeout(resolve, 120));
      if (own !== latest) return;
      const found = await server.find_clauses(field.value);
      if (own === latest) place.innerHTML = found;
    });
  },

  /* Outlines of documents are loaded when they are folded out. */
  outline(element, server) {
    element.addEventListener(
      "toggle",
      async ({ target }) => {
        const place = target.querySelector("div");
        if (target.open && !place.childElementCount) place.innerHTML = await server.open_outline(target.dataset.document);
      },
      true,
    );
  },

  /* Opens clauses beside the search, and keeps the address in step so that it can be passed on. */
  reader(element, props, server, copied) {
    const open = async (clause) => {
      props.value = await server.open_clause(clause);
      history.replaceState(null, "", `?clause=${encodeURIComponent(clause)}`);
      requestAnimationFrame(() => {
        element.querySelector("h2")?.focus();
        element.querySelector(".clause-view")?.scrollIntoView({ block: "start" });
      });
    };
    element.closest(".desk").addEventListener("click", (event) => {
      const target = event.target.closest("[data-open]");
      if (target) open(target.dataset.open);
      const copy = event.target.closest("[data-copy]");
      if (copy) policyPage.copy(copy.dataset.copy).then(() => (copy.parentElement.querySelector("[role=status]").textContent = copied));
    });
    const wanted = new URLSearchParams(location.search).get("clause");
    if (wanted) open(wanted);
  },

  /* Browsers allow the clipboard only on secure pages; elsewhere a selected field does it. */
  async copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.body.appendChild(document.createElement("textarea"));
    field.value = text;
    field.select();
    document.execCommand("copy");
    field.remove();
  },
};
