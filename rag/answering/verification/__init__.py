"""Every figure and name of an answer held against the words it cites."""
