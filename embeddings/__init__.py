"""Text to vectors; knows nothing of documents."""
