"""Every figure of the reports as a row: what it counts, how much, where, when, and the span that tells it."""
