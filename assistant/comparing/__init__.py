"""Two documents side by side, clause by clause."""
