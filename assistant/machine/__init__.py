"""What this computer is: probes that only read, one frozen `Machine`, and the checks of the doctor.

`quick.quick_machine()` is the cheap look for a one-shot answer; `probe.probe()` is the whole one.
"""
