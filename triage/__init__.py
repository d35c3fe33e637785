"""Reads a complaint and decides where it goes."""
