"""Documents to answers; knows nothing of screens."""
