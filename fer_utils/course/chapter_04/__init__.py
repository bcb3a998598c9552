"""What chapter 04, Learning from examples, uses and no other: its model, its figures, checks and experiments."""
