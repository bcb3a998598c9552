"""The drawn face: muscles (`action_units`), outlines (`shapes`), pictures of them (`draw`), an expression
in time (`motion`), random people (`random_faces`).

Chapter 02 moves the face, chapter 03 explains the set of random faces that the course runs on without photographs.
"""
