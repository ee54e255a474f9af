// Runs once, when the page is there. Gradio gives `element`, `trigger` and `watch`; it redraws what is inside
// `element` piece by piece, so listeners sit on `element` and what must last is kept on it or in variables.
// The parts that are watched. Gradio takes a name alone in quotes for an event's, and sends its own insides with it.
const [LOG, SOURCE, LANG, RECORD] = "log source lang record".split(" ");
const NARROW = window.matchMedia("(max-width: 860px)");
const SEEN = { exchanges: 0, key: "", language: "" };
const PATIENCE_MS = 8000;
let busy = false;
let sent = "";
let alarm = 0;
let talk = 0;

const find = (selector) => element.querySelector(selector);
const box = () => find(".question-box");

function setBusy(value) {
  busy = value;
  element.dataset.busy = value;
}

function resize() {
  const field = box();
  element.style.setProperty("--field-height", "auto");
  element.style.setProperty("--field-height", `${field.scrollHeight}px`);
  element.dataset.typed = field.value.trim() !== "";
}

function ask(question, how = {}) {
  if (busy || !question.trim()) return;
  find(".notice").textContent = "";
  setBusy(true);
  sent = question;
  alarm = setTimeout(giveUp, PATIENCE_MS);
  trigger("submit", { question, ...how });
  box().value = "";
  resize();
}

// The question comes back at once as part of the conversation, unless the server is not there to hear it.
function giveUp() {
  find(".notice").textContent = find(".notice").dataset.text;
  box().value = box().value || sent;
  resize();
  setBusy(false);
}

// Another conversation. What comes after that of the one before, the server draws again.
function begin(how = {}) {
  talk += 1;
  trigger("clear", { ...how, talk });
}

function isLate() {
  return Number(props.talk) !== talk;
}

function openSheet(open) {
  element.dataset.sheet = open && NARROW.matches;
}

function showMark() {
  const body = find(".source-body");
  const mark = body?.querySelector("mark");
  if (!mark) return;
  const gap = Math.max(24, (body.clientHeight - mark.getBoundingClientRect().height) / 3);
  body.scrollTop += mark.getBoundingClientRect().top - body.getBoundingClientRect().top - gap;
}

function pick(target) {
  const { turn, n, file } = target.dataset;
  openSheet(true);
  if (file !== undefined) return trigger("select", { file });
  if (n === undefined) return trigger("select", {});
  trigger("select", { turn: Number(turn), n: Number(n) });
  if (target.getAttribute("aria-pressed") === "true") showMark();
}

function setLanguage(language) {
  const address = new URL(window.location.href);
  address.searchParams.set(LANG, language);
  window.history.replaceState(null, "", address);
  trigger("select", { language });
}

element.addEventListener("click", (event) => {
  const target = event.target.closest("button, [data-close]");
  if (!target || !element.contains(target)) return;
  const data = target.dataset;
  if ("ask" in data) ask(target.textContent);
  else if ("send" in data) ask(box().value);
  else if ("stop" in data) { trigger("stop"); setBusy(false); }
  else if ("new" in data) { begin(); setBusy(false); openSheet(false); box().focus(); }
  else if ("close" in data) openSheet(false);
  else if ("language" in data) setLanguage(data.language);
  else if ("n" in data || "file" in data || "shelf" in data) pick(target);
});

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") openSheet(false);
  if (!event.target.matches?.(".question-box") || event.key !== "Enter" || event.shiftKey) return;
  // An input method that is composing takes Enter for itself; older browsers tell it by key code 229 only.
  if (event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  ask(event.target.value);
});

element.addEventListener("input", resize);

element.addEventListener("change", (event) => {
  if (event.target.matches?.(".writer")) trigger("select", { writer: event.target.value });
});

document.addEventListener("ganwen-answered", () => {
  setBusy(false);
  // The server ends every answer, with an error if need be: one that is still open was cut off on the way.
  if (!isLate() && find("[data-pending]")) find(".notice").textContent = find(".notice").dataset.text;
});

watch([LOG, SOURCE, LANG], () => {
  if (isLate()) return trigger("select", { again: talk });
  const page = find(".ganwen");
  if (page.lang !== SEEN.language) {
    SEEN.language = document.documentElement.lang = page.lang;
    document.title = page.dataset.title;
  }
  const exchanges = element.querySelectorAll(".exchange");
  if (exchanges.length > SEEN.exchanges) {
    clearTimeout(alarm);
    const log = find(".log");
    const last = exchanges[exchanges.length - 1];
    log.scrollTop += last.getBoundingClientRect().top - log.getBoundingClientRect().top;
  }
  SEEN.exchanges = exchanges.length;
  const key = find(".source-body")?.dataset.key;
  if (key !== SEEN.key) {
    SEEN.key = key;
    if (find(".source-body mark")) showMark();
    else if (find(".source-body")) find(".source-body").scrollTop = 0;
  }
});
