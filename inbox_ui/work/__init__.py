"""Casework: what analysts make of a report, as signed pieces in its ``case`` chain.

The record is docs/casework.md.
"""
