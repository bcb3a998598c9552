"""What chapter 01, What is an emotion?, uses and no other: its figures, checks and laboratories."""
