"""What chapter 07, Convolutional networks, uses and no other: its figures, checks and laboratories."""
