"""Sets of questions with gold clauses, runs over them, and comparisons of runs."""
