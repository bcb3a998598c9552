"""What chapter 00, Start here, uses and no other: its figures, checks and laboratories."""
