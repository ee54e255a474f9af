"use strict";
// A click in the tree changes the text beside it and leaves the tree as it is; without this script the page is loaded anew.
(() => {
  const tree = document.querySelector(".tree");
  if (!tree) return;

  function reveal() {
    document.getElementById("mark")?.scrollIntoView({ block: "center" });
  }

  async function open(leaf) {
    const response = await fetch(leaf.href);
    if (!response.ok) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    document.getElementById("text").replaceWith(page.getElementById("text"));
    tree.querySelector('[aria-current="true"]')?.removeAttribute("aria-current");
    leaf.setAttribute("aria-current", "true");
    window.history.replaceState(null, "", leaf.href);
    reveal();
  }

  tree.addEventListener("click", (event) => {
    const leaf = event.target.closest("a.leaf");
    if (!leaf || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(leaf).catch(() => { window.location.href = leaf.href; });
  });
  reveal();
  tree.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
})();
