"""What every model needs: weights, memory, threads, margins, devices, precision.

May use the values of `rag`.
"""
