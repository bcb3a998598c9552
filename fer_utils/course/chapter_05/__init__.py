"""What chapter 05, Before deep learning, uses and no other: a detector, landmarks, its figures and checks."""
