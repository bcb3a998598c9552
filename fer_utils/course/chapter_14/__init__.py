"""What chapter 14 uses and no other: costs, quantization by hand, the curve of widths."""
