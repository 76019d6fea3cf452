"""Benchmarks: the bars of the design, measured through the product's own code beside a yardstick of the same run."""
