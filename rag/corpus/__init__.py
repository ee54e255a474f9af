"""Files to documents: readers, structure, regions and periods."""
