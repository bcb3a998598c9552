"""What chapter 09, VGG, uses and no other: its figures, checks and laboratories."""
