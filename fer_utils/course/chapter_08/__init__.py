"""What chapter 08, Pretrained networks, uses and no other: its figures, checks and laboratories."""
