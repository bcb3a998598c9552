"""What chapter 03, The FER-2013 dataset, uses and no other: its figures, checks and laboratories."""
