"""The page of indicators: the figures of the reports as a table, as plots and as files."""
