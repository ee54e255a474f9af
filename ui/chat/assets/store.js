// Conversations in the browser's own store, and which of them this tab is in. It runs twice, each time in a scope of its
// own: when the page asks for its first view, and as a part of the page's script.
const ganwenStore = (() => {
  const CHATS = "ganwen-chats";
  const CURRENT = "ganwen-chat";
  const MOST = 50;

  function read() {
    try {
      const chats = JSON.parse(localStorage.getItem(CHATS) ?? "[]");
      return Array.isArray(chats) ? chats.filter((chat) => typeof chat?.record === "string") : [];
    } catch {
      return [];
    }
  }

  // A full store takes the newest conversations that fit; the oldest go first.
  function write(chats) {
    for (let kept = chats.slice(0, MOST); ; kept = kept.slice(0, -1)) {
      try {
        if (kept.length) localStorage.setItem(CHATS, JSON.stringify(kept));
        else localStorage.removeItem(CHATS);
        return;
      } catch {
        if (!kept.length) return;
      }
    }
  }

  function current() {
    try {
      return sessionStorage.getItem(CURRENT) ?? "";
    } catch {
      return "";
    }
  }

  // Without an id the tab is in none of them.
  function enter(id) {
    try {
      if (id) sessionStorage.setItem(CURRENT, id);
      else sessionStorage.removeItem(CURRENT);
    } catch {
      // it lasts as long as the page
    }
  }

  // What the server draws the conversation of this tab from; null for a new one.
  function record() {
    return read().find((chat) => chat.id === current())?.record ?? null;
  }

  return { read, write, current, enter, record };
})();
