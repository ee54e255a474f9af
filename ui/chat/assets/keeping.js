// The list of conversations that the browser keeps (`ganwenStore`). What is kept is data: it is shown as text, and drawn
// by the server alone.
const TITLE_LENGTH = 80;
let keptId = ganwenStore.current();
let begun = false;

const dialog = document.createElement("dialog");
dialog.className = "kept";
document.body.append(dialog);

// The conversation that this tab is in, and comes back to from another page; none for a new one.
function enter(id) {
  keptId = id;
  ganwenStore.enter(id);
}

function newId() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function keep(record) {
  if (!record) return;
  const questions = JSON.parse(record).exchanges.map((exchange) => exchange.question);
  const title = questions[0].slice(0, TITLE_LENGTH);
  const chats = ganwenStore.read();
  if (chats.some((chat) => chat.id === keptId && chat.record === record)) return; // it was only opened
  enter(keptId || newId());
  const chat = { id: keptId, title, count: questions.length, changed: Date.now(), record };
  ganwenStore.write([chat, ...chats.filter((other) => other.id !== keptId)]);
}

function make(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  if (tag === "button") node.type = "button";
  return node;
}

function drawRow(chat, words) {
  const row = make("li", "kept-row", "");
  const open = make("button", "kept-open", "");
  const when = new Date(chat.changed).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  open.append(make("span", "kept-title", chat.title), make("span", "meta", `${when} · ${words.count.replace("{count}", chat.count)}`));
  open.setAttribute("aria-current", chat.id === keptId);
  open.onclick = () => restore(chat);
  const remove = make("button", "quiet icon kept-delete", "×");
  remove.title = words.delete.replace("{title}", () => chat.title);
  remove.setAttribute("aria-label", remove.title);
  remove.onclick = () => forget(chat);
  row.append(open, remove);
  return row;
}

function drawKept() {
  const words = JSON.parse(props.words);
  const chats = ganwenStore.read();
  const head = make("div", "kept-head", "");
  const close = make("button", "quiet icon kept-close", "×");
  close.title = words.close;
  close.setAttribute("aria-label", words.close);
  close.onclick = () => dialog.close();
  const title = make("h2", "", words.kept);
  title.id = "kept-title";
  head.append(title, close);
  const list = make("ol", "kept-list", "");
  list.append(...chats.map((chat) => drawRow(chat, words)));
  const foot = make("div", "kept-foot", "");
  foot.append(make("p", "meta", chats.length ? words.note : words.none));
  if (chats.length) foot.append(drawDeleteAll(words));
  dialog.lang = document.documentElement.lang;
  dialog.setAttribute("aria-labelledby", "kept-title");
  dialog.replaceChildren(head, list, foot);
}

function drawDeleteAll(words) {
  const button = make("button", "quiet kept-delete-all", words.deleteAll);
  button.onclick = () => {
    if (button.textContent === words.deleteAll) {
      button.textContent = words.sure;
      return;
    }
    ganwenStore.write([]);
    enter("");
    drawKept();
    dialog.querySelector(".kept-close").focus();
  };
  return button;
}

function forget(chat) {
  const at = ganwenStore.read().findIndex((other) => other.id === chat.id);
  ganwenStore.write(ganwenStore.read().filter((other) => other.id !== chat.id));
  if (chat.id === keptId) enter("");
  drawKept();
  const rows = dialog.querySelectorAll(".kept-open");
  (rows[Math.min(at, rows.length - 1)] ?? dialog.querySelector(".kept-close")).focus();
}

function restore(chat) {
  dialog.close();
  enter(chat.id);
  begin({ kept: chat.record });
  setBusy(false);
  openSheet(false);
  box().focus();
}

element.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (target?.dataset.kept !== undefined) {
    drawKept();
    dialog.showModal();
    (dialog.querySelector(".kept-open") ?? dialog.querySelector(".kept-close")).focus();
  }
  if (target?.dataset.new !== undefined) enter("");
});

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close(); // beside it
});

dialog.addEventListener("keydown", (event) => {
  const rows = [...dialog.querySelectorAll(".kept-open")];
  const at = rows.indexOf(document.activeElement);
  if (event.key === "Delete" && at >= 0) dialog.querySelectorAll(".kept-delete")[at].click();
  const next = rows[at + { ArrowUp: -1, ArrowDown: 1 }[event.key]];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// The page begins with the conversation of its tab, unless that is gone or cannot be read.
watch([LANG], () => {
  if (!begun && !props.record) enter("");
  begun = true;
});

watch([RECORD], () => {
  if (!isLate()) keep(props.record);
});
