"""The pages beside the chat: server-rendered HTML with small scripts of its own, no markup from outside."""
