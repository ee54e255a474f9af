"""An optional local language model that writes the answer; code decides the facts and checks every sentence."""
