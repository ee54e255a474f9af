"""Passages to an answer: extraction, verification, refusal."""
