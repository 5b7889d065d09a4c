"""The benchmarks in a tiny form: that they run, not what they measure."""
