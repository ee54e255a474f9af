"""Figures: what is asked, which figure of which sentence fills it, and what follows from several."""
