"""Question -> verified answer, and the command line."""
