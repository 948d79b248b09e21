"""Turns the raw Shanxi folder into a planbook; what becomes of what is said in the tables of ``mapping``."""
