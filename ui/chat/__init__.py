"""The chat page: what it says and how it is drawn. `ui.web` serves it."""
