// The page of indicators works without this file: it saves clicks and shows a source beside its row.
const form = document.querySelector("form.filters");
form?.addEventListener("change", (event) => {
  if (event.target.matches("select")) form.requestSubmit();
});
// Empty fields stay out of the address.
form?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

const waiting = document.querySelector("[data-reload]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.reload));

const drawer = document.querySelector("#drawer");
let wanted = 0;

async function show(row) {
  const turn = ++wanted;
  const response = await fetch(row.dataset.source, { headers: { Accept: "text/html" } });
  if (turn !== wanted) return;
  const source = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("#text");
  if (!response.ok || !source) {
    location.assign(row.dataset.source);
    return;
  }
  if (turn !== wanted) return;
  document.querySelector("tr[aria-current]")?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  drawer.querySelector("[data-file]").textContent = new URL(row.dataset.source, location.href).searchParams.get("file");
  const body = drawer.querySelector("[data-body]");
  source.removeAttribute("id");
  body.replaceChildren(document.adoptNode(source));
  if (!drawer.open) drawer.showModal();
  body.querySelector("mark")?.scrollIntoView({ block: "center" });
  body.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const row = event.target.closest("tr[data-source]");
  if (!drawer || !row || event.target.closest("a:not(.value)")) return;
  if (String(getSelection()).length) return;
  event.preventDefault();
  show(row);
});
drawer?.addEventListener("click", (event) => {
  if (event.target === drawer || event.target.closest("[data-close]")) drawer.close();
});
