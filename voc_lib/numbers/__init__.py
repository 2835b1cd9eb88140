"""Figures before they are shown: how sure they are, how a reader is told them, how rows add up, how a course is drawn.

The reports, the analyses and the index all tell figures; what one of them calls a rise is a rise in the others too.
"""
