"use strict";
(() => {
  const drop = document.getElementById("drop");
  if (!drop) return;
  const { dataset } = drop;
  const pick = document.getElementById("pick");
  const input = document.getElementById("files");
  const sent = document.getElementById("sent");
  const work = document.getElementById("work");
  const rebuild = document.getElementById("rebuild");
  let queue = Promise.resolve();
  let inside = 0;

  const refresh = () => pages.redraw("#corpus").catch(() => {});

  function line(text) {
    const item = document.createElement("li");
    item.className = "row";
    const told = document.createElement("span");
    told.textContent = text;
    item.append(told);
    sent.append(item);
    return item;
  }

  function tell(item, text, failed) {
    item.classList.toggle("failed", failed);
    item.firstChild.textContent = text;
    for (const extra of [...item.children].slice(1)) extra.remove();
  }

  function choice(item, label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = label;
    button.addEventListener("click", act);
    item.append(button);
  }

  // `fetch` cannot say how much of a file is sent.
  function upload(file, conflict, moved) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const form = new FormData();
      form.append("file", file);
      request.open("POST", `${dataset.files}&conflict=${conflict}`);
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => moved(event.loaded / Math.max(event.total, 1)));
      request.addEventListener("loadend", () => resolve(request.response ?? { error: dataset.lost }));
      request.send(form);
    });
  }

  async function send(file, item, conflict) {
    tell(item, `${dataset.sending} ${file.name}`, false);
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", file.name);
    bar.max = 1;
    item.append(bar);
    const answer = await upload(file, conflict, (share) => { bar.value = share; });
    tell(item, pages.said(answer), !answer.told);
    if (answer.code === "exists_other") {
      choice(item, dataset.both, () => send(file, item, "both").then(refresh));
      choice(item, dataset.replace, () => send(file, item, "replace").then(refresh));
    }
  }

  // What was said of the last change is no longer news at the next.
  function clear() {
    sent.replaceChildren();
    if (!rebuild.disabled) work.hidden = true;
  }

  function add(files) {
    clear();
    for (const file of files) {
      const item = line(`${dataset.sending} ${file.name}`);
      if (file.size > Number(dataset.limit) * 2 ** 20) {
        tell(item, dataset.large.replace("{file}", file.name).replace("{limit}", dataset.limit), true);
      } else {
        queue = queue.then(() => send(file, item, "ask")); // one after the other
      }
    }
    queue = queue.then(refresh);
  }

  pick.addEventListener("click", () => input.click());
  input.addEventListener("change", () => { add([...input.files]); input.value = ""; });

  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const mark = (change) => { inside = Math.max(0, inside + change); drop.classList.toggle("over", inside > 0); };
  document.addEventListener("dragenter", (event) => { if (carriesFiles(event)) mark(1); });
  document.addEventListener("dragleave", (event) => { if (carriesFiles(event)) mark(-1); });
  document.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // or the browser would leave the page to show the file
    mark(-inside);
    add([...event.dataTransfer.files]);
  });

  async function change(address, value) {
    clear();
    const answer = await pages.send(address, value).catch(() => ({ error: dataset.lost }));
    tell(line(""), pages.said(answer), !answer.told);
    await refresh();
  }

  pages.offerRemoval(
    document.getElementById("ask"), (file) => change(dataset.remove, { file }), (id) => change(dataset.restore, { id }),
  );

  async function follow() {
    rebuild.disabled = true;
    await pages.follow(dataset.progress, (state) => pages.show(work, state), dataset.lost);
    rebuild.disabled = false;
    await refresh();
  }

  rebuild.addEventListener("click", async () => {
    const answer = await pages.send(dataset.rebuild, {}).catch(() => ({ error: dataset.lost }));
    if (answer.error && answer.code !== "running") {
      pages.show(work, { status: "failed", told: pages.said(answer), done: 0, total: 0 });
    } else {
      await follow();
    }
  });
  document.getElementById("stop").addEventListener("click", () => pages.send(dataset.stop, {}).catch(() => {}));
  if (work.dataset.running === "true") follow();
})();
