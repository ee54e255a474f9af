"""Answers that are no figures: names, meanings, lists, summaries, yes or no."""
