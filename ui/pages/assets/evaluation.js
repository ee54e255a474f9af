"use strict";
(() => {
  const form = document.getElementById("start");
  const { dataset } = form;
  const work = document.getElementById("work");
  const begin = document.getElementById("begin");

  async function follow() {
    begin.disabled = true;
    await pages.follow(dataset.progress, (state) => pages.show(work, state), dataset.lost);
    begin.disabled = false;
    await pages.redraw("#runs").catch(() => {});
  }

  async function start(asked) {
    const answer = await pages.send(dataset.start, asked).catch(() => ({ error: dataset.lost }));
    if (answer.error && answer.code !== "running") {
      pages.show(work, { status: "failed", told: pages.said(answer), done: 0, total: 0 });
    } else {
      await follow();
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { questions, split, sample, name } = form.elements;
    start({
      questions: questions.value,
      split: split.value,
      sample: sample.value.trim() ? Number(sample.value) : null,
      name: name.value.trim(),
    });
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-go-on]");
    if (button) start({ run: button.dataset.goOn });
  });
  async function change(address, value) {
    const answer = await pages.send(address, value).catch(() => ({ error: dataset.lost }));
    const said = document.getElementById("said");
    said.textContent = pages.said(answer);
    said.classList.toggle("failed", !answer.told);
    await pages.redraw("#runs").catch(() => {});
  }

  pages.offerRemoval(
    document.getElementById("ask"), (run) => change(dataset.remove, { run }), (id) => change(dataset.restore, { id }),
  );
  document.getElementById("stop").addEventListener("click", () => pages.send(dataset.stop, {}).catch(() => {}));
  if (work.dataset.running === "true") follow();
})();
