"""What chapter 13 uses and no other."""
