"""Whether what was found answers the question, and what is said where nothing does."""
