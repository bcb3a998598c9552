"""What chapter 06, Preprocessing, uses and no other: its figures, checks and laboratories."""
