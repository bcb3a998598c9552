"""The network on small devices: exported to LiteRT, quantized to eight bits, run without Keras or TensorFlow, and
measured. Explained in chapter 14 (thesis chapter 8 names the Raspberry Pi as future work).
"""
