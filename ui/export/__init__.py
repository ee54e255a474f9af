"""A conversation as a file to take away: Markdown or docx, each answer with footnotes, the sources as references."""
