"""Front doors: command line, chat page, HTTP."""
