"""Question sets: reading, checking and writing them in three formats."""
