"""The real engine, run on the real program against the simulated cloud, in a folder that is thrown away."""
