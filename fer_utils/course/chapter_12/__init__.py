"""What chapter 12, Evaluation, uses and no other: its figures, checks and laboratories."""
