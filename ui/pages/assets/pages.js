"use strict";
// What the scripts of the pages share. What the server says is written as text, never as markup; only whole pages of
// our own are taken apart, by the browser's parser, which runs nothing of them.
const pages = {
  async send(address, value) {
    const response = await fetch(address, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value),
    });
    return response.json();
  },

  // What the server said of a request: the pages say `told` or `error`, the guard an error with a message.
  said(answer) {
    return answer.told ?? answer.error?.message ?? answer.error;
  },

  async redraw(selector, address = window.location.href) {
    const response = await fetch(address);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const drawn = page.querySelector(selector);
    if (drawn === null) {  // another page has come, such as the one that asks for the token
      window.location.reload();
      return;
    }
    document.querySelector(selector).replaceWith(drawn);
  },

  // Follows work in the background until it ends; `tell` is given each state of it.
  async follow(address, tell, lost) {
    for (;;) {
      let state;
      try {
        state = await (await fetch(address)).json();
      } catch {
        tell({ status: "failed", told: lost, done: 0, total: 0 });
        return;
      }
      tell(state);
      if (state.status !== "running") return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  },

  // Buttons that remove, after a question, and those that put back; `remove` and `restore` are given what they name.
  offerRemoval(dialog, remove, restore) {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-remove], button[data-restore]");
      if (!button) return;
      if (button.dataset.restore) {
        restore(button.dataset.restore);
        return;
      }
      dialog.returnValue = "no";
      dialog.querySelector("h2").textContent = button.dataset.ask;
      dialog.showModal();
      dialog.addEventListener("close", () => {
        if (dialog.returnValue === "yes") remove(button.dataset.remove);
      }, { once: true });
    });
  },

  show(work, state) {
    const bar = work.querySelector("progress");
    work.hidden = false;
    work.querySelector(".told").textContent = state.told;
    work.classList.toggle("failed", state.status === "failed");
    bar.hidden = state.status !== "running";
    work.querySelector("button").hidden = state.status !== "running";
    if (state.total > 0) {
      bar.max = state.total;
      bar.value = state.done;
    } else {
      bar.removeAttribute("value");
    }
  },
};
