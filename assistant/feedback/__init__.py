"""What users say about answers: kept on this machine, listed, and turned into cases for evaluation."""
