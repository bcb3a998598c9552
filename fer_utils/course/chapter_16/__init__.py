"""What chapter 16, Beyond the thesis, uses and no other: its figures, checks and laboratories."""
