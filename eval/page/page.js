"use strict";
// Every text becomes a text node: nothing that a document or a question says is ever read as markup.
(() => {
  const STEP = 50;
  const { questions, texts } = JSON.parse(document.getElementById("data").textContent);
  const form = document.querySelector(".filters");
  const list = document.querySelector(".list");
  const more = document.querySelector(".more");
  let found = [];

  function make(tag, kind, ...children) {
    const node = document.createElement(tag);
    if (kind) node.className = kind;
    node.append(...children);
    return node;
  }

  function verdict(question) {
    if (question.right === false) return "wrong";
    return question.faults.length ? "weak" : "right";
  }

  function excerpt(head, place, evidence, holds) {
    const [file, title, about, text] = texts[place];
    const where = [head, title, about, file].filter(Boolean).join(" · ");
    const quote = evidence.map(([of, words]) => (of === file ? words : "")).find((words) => words && text.includes(words));
    const pieces = quote ? [text.slice(0, text.indexOf(quote)), make("mark", "", quote), text.slice(text.indexOf(quote) + quote.length)] : [text];
    return make("div", holds ? "excerpt holds" : "excerpt", make("small", "", where), ...pieces);
  }

  function part(title, ...children) {
    return children.length ? [make("h3", "", title), ...children] : [];
  }

  function body(question) {
    const pieces = question.answer.map(([text, expected]) => (expected ? make("mark", "", text) : text));
    const history = question.history.map(([asked, told]) => make("p", "soft text", `${asked}\n→ ${told}`));
    const evidence = question.evidence.map(([file, quote]) =>
      make("div", "excerpt", make("small", "", file), quote || "the whole document"));
    const faults = question.faults.map((fault) => make("li", "why", fault));
    return make("div", "body",
      ...part("before", ...history),
      ...part("why it counted so", ...(faults.length ? [make("ul", "", ...faults)] : [])),
      ...part("expected", make("p", "text", question.expected)),
      ...part(question.refused ? "refused" : `answer, ${question.ms} ms`, make("p", "text", ...(pieces.length ? pieces : ["(nothing)"]))),
      ...part("citations", ...question.citations.map((place, n) => excerpt(`[${n + 1}]`, place, question.evidence))),
      ...part("evidence", ...evidence),
      ...part("passages found", ...question.passages.map(([rank, place, score, holds]) =>
        excerpt(`${rank}. score ${score}${holds ? " · holds evidence" : ""}`, place, question.evidence, holds))),
      ...part("note", ...(question.note ? [make("p", "text soft", question.note)] : [])));
  }

  function before(question) {
    return question.history.slice(-1).map(([asked]) => make("span", "soft", `${asked} → `));
  }

  function row(question) {
    const kind = verdict(question);
    const sign = make("span", `sign ${kind}`, { right: "✓", wrong: "✗", weak: "!" }[kind]);
    sign.title = kind === "weak" ? "right, with a fault" : kind;
    const summary = make("summary", "", sign, make("span", "id", question.id), make("span", "type", question.type),
      make("span", "", ...before(question), question.question), make("span", "fault", question.faults[0] || ""));
    const details = make("details", "", summary);
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(body(question));
    });
    return details;
  }

  function show() {
    const start = list.querySelectorAll("details").length;
    list.append(...found.slice(start, start + STEP).map(row));
    more.hidden = start + STEP >= found.length;
  }

  function search() {
    const words = form.words.value.trim().toLowerCase();
    found = questions.filter((question) =>
      (!form.type.value || question.type === form.type.value) &&
      (!form.verdict.value || verdict(question) === form.verdict.value) &&
      (!words || [question.id, question.question, question.expected, ...question.answer.map(([text]) => text)]
        .join("\n").toLowerCase().includes(words)));
    form.querySelector("output").textContent = `${found.length} of ${questions.length}`;
    list.replaceChildren(...(found.length ? [] : [make("p", "empty", "No question like this.")]));
    show();
  }

  form.addEventListener("input", search);
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", show);
  search();
})();
