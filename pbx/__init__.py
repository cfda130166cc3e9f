"""The Asterisk edge, and the only room that knows Asterisk: install, configuration, AMI, AGI.

Front door: the modules by name; foreign words and errors are translated here, once.
"""
