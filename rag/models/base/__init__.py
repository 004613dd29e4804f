"""What every model needs: weights, memory, threads, devices, precision."""
