"""The truth meter: records drawn at random are compared with Zoho, field by field; nothing mirrored is written.

sampling draws them, spending says what it may cost, reading asks, judging finds the verdict, rounds keeps it, mending
notices that a drift is over, and estimate tells how much of the mirror is right.
"""
