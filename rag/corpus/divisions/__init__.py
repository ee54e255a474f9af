"""Data of the gazetteer; see README.md for its sources."""
