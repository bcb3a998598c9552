"""The network on small devices: exported to LiteRT, quantized to eight bits, run without Keras or TensorFlow, and
measured. Explained in chapter 14 (the Raspberry Pi is the thesis's future work, its section 8).
"""
