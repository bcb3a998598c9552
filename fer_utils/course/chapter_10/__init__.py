"""What chapter 10, SqueezeNet, uses and no other: its figures, checks and laboratories."""
