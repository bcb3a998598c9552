"""What chapter 11, Training, uses and no other: its figures, checks and laboratories."""
