"""The report as one HTML page that needs nothing else: tables, plots and a browser of every question."""

from eval.page.page import render_page

__all__ = ["render_page"]
