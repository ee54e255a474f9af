// What is done with answers: copies, thumbs, exports, filters, and the arrow keys.
const COPIED_MS = 1600;
let judged = null;

function say(text) {
  find(".notice").textContent = text;
}

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyOldWay(text);
    button.focus();
  }
  say(button.dataset.copied);
  button.classList.add("done");
  setTimeout(() => {
    button.classList.remove("done");
    if (find(".notice").textContent === button.dataset.copied) say("");
  }, COPIED_MS);
}

// The clipboard is open to pages of this machine and of https only.
function copyOldWay(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

async function exportChat(button) {
  const form = button.dataset.export;
  try {
    const answer = await fetch("chat/export", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ form, record: props.record, language: find(".ganwen").lang }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    const name = decodeURIComponent(answer.headers.get("Content-Disposition").split("''")[1]);
    download(await answer.blob(), name);
  } catch {
    say(button.parentElement.dataset.failed);
  }
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// A chip that is taken off goes, and the one after it takes its place on the page; without one the list does.
function takeOff(chip) {
  const { unfilter, value } = chip.dataset;
  if (element.querySelectorAll(".chip").length === 1) find(`.filter[data-filter="${unfilter}"]`)?.focus();
  trigger("select", { unfilter, value });
}

function widen(button) {
  const question = element.querySelector(`[data-exchange="${button.dataset.widen}"] .question`);
  ask(question.lastChild.textContent, { widen: true });
}

function judge(button) {
  const { of, verdict } = button.dataset;
  judged = { of: Number(of), asks: button.getAttribute("aria-pressed") !== "true" };
  trigger("select", { of: judged.of, verdict });
}

function saveComment(button) {
  const comment = button.parentElement.querySelector(".comment").value;
  judged = { of: Number(button.dataset.save), asks: false };
  trigger("select", { of: judged.of, comment });
}

element.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (!target || !element.contains(target)) return;
  const data = target.dataset;
  if ("copy" in data) copy(target);
  else if ("export" in data) exportChat(target);
  else if ("unfilter" in data) takeOff(target);
  else if ("widen" in data) widen(target);
  else if ("save" in data) saveComment(target);
  else if ("verdict" in data) judge(target);
});

element.addEventListener("change", (event) => {
  const list = event.target;
  if (!list.matches?.(".filter") || !list.value) return;
  trigger("select", { filter: list.dataset.filter, value: list.value });
  list.value = "";
});

// Up and down go through a list of buttons, left and right through a row of them.
const ROWS = [
  [".examples, .references ol, .entries", "ArrowUp", "ArrowDown"],
  [".chips .marks, .picked, .tools", "ArrowLeft", "ArrowRight"],
];

function step(event) {
  const button = event.target.closest?.("button");
  for (const [rows, back, on] of ROWS) {
    const row = button?.closest(rows);
    if (!row || (event.key !== back && event.key !== on)) continue;
    const buttons = [...row.querySelectorAll("button")];
    const next = buttons[buttons.indexOf(button) + (event.key === on ? 1 : -1)];
    if (!next) continue;
    event.preventDefault();
    next.focus();
  }
}

// Up in an empty field brings back the question asked last.
function recall(event) {
  const field = event.target;
  if (!field.matches?.(".question-box") || event.key !== "ArrowUp" || field.value) return;
  const questions = element.querySelectorAll(".question");
  if (!questions.length) return;
  event.preventDefault();
  field.value = questions[questions.length - 1].lastChild.textContent;
  resize();
}

// A comment is asked for where its thumb was given, and the thanks for it are seen.
watch([LOG], () => {
  if (!judged) return;
  const exchange = find(`[data-exchange="${judged.of}"]`);
  if (judged.asks) exchange?.querySelector(".comment")?.focus();
  (exchange?.querySelector(".remark") ?? exchange?.querySelector(".opinion"))?.scrollIntoView({ block: "nearest" });
  judged = null;
});

element.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(".comment") || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  saveComment(event.target.parentElement.querySelector(".save"));
});

element.addEventListener("keydown", step);
element.addEventListener("keydown", recall);
