"""One day in two parts: an older version's engine lives the first, this version's the second."""

BEFORE = """
    09:00:00  8001 ready
    09:00:01  caller 13800000001 dials 4008000001
    09:00:06  caller 13800000001 presses 2
    09:00:10  8001 answers
    09:00:15  8001 holds
    09:00:20  8001 retrieves
    09:00:40  8001 hangs_up
    09:00:42  caller 13800000001 presses 5
    09:00:44  8001 done
    09:00:45  8001 breaks meal
    09:00:50  caller 13800000002 dials 4008000001
    09:00:55  caller 13800000002 presses 2
    09:01:20  caller 13800000002 hangs_up
    09:02:00  8001 ready
    09:02:01  8003 ready
    09:02:05  caller 13800000003 dials 4008000001
    09:02:10  caller 13800000003 presses 2
    09:02:14  8001 answers
    09:02:20  8003 dials 13900001234
    09:02:22  8003 answers
    09:02:24  far rings
    09:02:28  far answers
    09:03:00  caller 13800000004 dials 4008000001
    09:03:05  caller 13800000004 presses 2
    09:03:10  caller 13800000005 dials 4008000001
    09:03:15  caller 13800000005 presses 2
    09:03:18  boss prioritises 13800000005 1
    09:03:30  caller 13800000006 dials 4008000001
    09:03:32  engine dies
"""
"""Served with a hold and a rating; gave up; a talk, two who wait, a call out, one in the menu."""

AFTER = """
    09:03:36  engine starts
    09:03:40  8001 is talking
    09:03:40  8003 is talking
    09:03:40  caller 13800000005 place 1
    09:03:40  caller 13800000004 place 2
    09:04:00  8001 hangs_up
    09:04:02  caller 13800000003 presses 4
    09:04:03  8001 done
    09:04:06  8001 answers
    09:04:20  8001 hangs_up
    09:04:21  8001 done
    09:04:24  8001 answers
    09:04:40  8001 hangs_up
    09:04:41  8001 done
    09:04:44  8001 answers
    09:04:50  8003 ends
    09:05:00  8001 hangs_up
"""
