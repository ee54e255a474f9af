"""Training of the reader; nothing outside this folder imports it."""
