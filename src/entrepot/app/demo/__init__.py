"""The demo: a sample seller, simulated buyers and the story of the last ten units."""
