"""The quality sample: cases that a person reads blind, and what they show of the robot."""
