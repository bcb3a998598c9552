"""What chapter 15, Live demo, uses and no other: its camera widget, pictures, figures and checks."""
