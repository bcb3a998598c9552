"""What chapter 02, Faces and muscles, uses and no other: its figures, checks and laboratories."""
