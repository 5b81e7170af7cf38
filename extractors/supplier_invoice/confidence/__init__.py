"""How confident a value is: its evidence, the calibration, and the explanation."""
